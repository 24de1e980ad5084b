// From nothing to completions, and what one sees while typing: grey text, Tab, a word of it, the list, errors; a killed
// server that comes back; the status menu and pauses.

import { spawnSync } from "node:child_process";
import { must, pause, until, withEditor } from "../driver.mjs";
import { AT, ledger, REST } from "../projects.mjs";

const workspace = ledger();

await withEditor({ workspace }, async (editor) => {
  const { page } = editor;
  await editor.open("ledger/readers.py");
  await editor.goto(AT.line, AT.column);
  await editor.typeForGhost("log", (shown) => REST.endsWith(shown));
  console.log(`from installing the extension to the first completion: ${((Date.now() - editor.server.began) / 1000).toFixed(1)} s`);
  await editor.shot("ghost-text");

  await editor.press("Control+ArrowRight");
  await until("a word of it was taken", async () => (await editor.line()).trim() === "logger", 20);
  await until("the rest is still offered", async () => (await editor.ghost()).startsWith(".warning("), 20);
  await editor.shot("partial-accept");
  await editor.press("Tab");
  await until("Tab took the whole", async () => (await editor.line()).trim() === REST, 20);
  await until("nothing grey is left", async () => (await editor.ghost()) === "", 20);

  await editor.press("End", "Enter");
  await editor.type("account.");
  const shown = await until("the list shows the members of the project's class", async () => {
    const labels = await editor.suggestions();
    return ["book", "entries_between"].every((name) => labels.includes(name)) && labels;
  });
  must(new Set(shown).size === shown.length, `nothing stands twice in the list: ${shown}`);
  await editor.shot("suggest-list");
  await editor.press("Escape");
  await until("an error is underlined", () => editor.squiggles("error"), 60);
  await editor.shot("squiggle");
  await editor.type("entries.clear()");
  await until("the line is right and nothing is underlined", async () => (await editor.squiggles("error")) === 0, 60);

  const killed = spawnSync("pgrep", ["-f", "fixbot.* lsp --stdio"], { encoding: "utf-8" }).stdout.split("\n").filter((pid) => mine(pid));
  must(killed.length > 0, "a server runs");
  for (const pid of killed) process.kill(Number(pid), "SIGKILL");
  await pause(1500);
  await editor.ready();
  await editor.press("Enter");
  await editor.type("account");
  await until("the server that was started again answers", async () => {
    await editor.type(".");
    await pause(1500);
    if ((await editor.suggestions()).includes("entries_between")) return true;
    await editor.press("Escape", "Backspace");
    return false;
  }, 120);
  await editor.shot("restarted");
  await editor.press("Escape", "Shift+Home", "Delete");

  await page.click("[id='fixbot.fixbot.fixbot.status']");
  await until("the menu of the status item is open", async () => (await editor.choices()).some((entry) => entry.includes("Pause completions for python")), 20);
  must((await editor.choices()).some((entry) => entry.includes("Nothing was sent to a model")), "the menu says what was sent");
  await editor.shot("status-menu");
  await page.click(".quick-input-list .monaco-list-row:has-text('Pause completions in this file')");
  await until("the status item says that completions rest", async () => (await editor.status()).includes("paused"), 20);
  await editor.type("log");
  await pause(3000);
  must((await editor.ghost()) === "", "nothing is offered while paused");
  await editor.shot("paused");
  await editor.command("fixbot: Pause completions in this file");
  await until("the status item says so", async () => !(await editor.status()).includes("paused"), 20);

  await editor.command("Developer: Show Running Extensions");
  const row = await until("the editor tells what activation cost", async () => {
    return (await editor.texts(".runtime-extensions-editor .monaco-list-row")).find((text) => /fixbot.*Activation: \d+ms/.test(text));
  }, 60);
  const [load, call] = [/(\d+)ms/.exec(row)?.[1], /activated in (\d+) ms/.exec(editor.log())?.[1]];
  console.log(`activation as the editor counts it, loading included: ${load} ms; of its own code: ${call} ms`);
});

/** Whether the process was started by this scenario's editor: its home says so. */
function mine(pid) {
  if (pid.trim() === "") return false;
  return spawnSync("cat", [`/proc/${pid}/environ`], { encoding: "utf-8" }).stdout.includes(`HOME=${process.env.FIXBOT_EDITORS_SCRATCH}/home`);
}
