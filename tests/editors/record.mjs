// Records what the README shows: grey text and Tab, then a verified fix after a save, as frames with their durations.
// film.py makes one moving picture of them.

import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pause, PICTURES, until, withEditor } from "./driver.mjs";
import { AT, ledger } from "./projects.mjs";

const FRAMES = path.join(PICTURES, "frames");
const size = { width: 1000, height: 620 };
const settings = { "fixbot.background.timeout": 400, "editor.fontSize": 14, "scm.diffDecorations": "none", "git.enabled": false, "editor.stickyScroll.enabled": false };
// What follows the line that is written, so that nothing is wrong before it is.
const TAIL = "\n            continue\n        count += 1\n    return count\n";
const workspace = ledger((folder) => appendFileSync(path.join(folder, "ledger", "readers.py"), TAIL));
const durations = [];

await withEditor({ workspace, settings, size }, async (editor) => {
  mkdirSync(FRAMES, { recursive: true });
  const frame = async (milliseconds) => {
    await editor.page.mouse.move(700, 560);
    await editor.page.screenshot({ path: path.join(FRAMES, `${String(durations.length).padStart(3, "0")}.png`) });
    durations.push(milliseconds);
  };
  await editor.open("ledger/readers.py");
  await editor.ready();
  await editor.goto(AT.line, AT.column);
  await editor.typeForGhost("l", (shown) => shown.startsWith("ogger.warning("));
  await editor.press("Backspace", "Escape");
  await pause(800);
  await frame(900);
  for (const key of "log") {
    await editor.type(key);
    await until("grey text is there", () => editor.ghost(), 60);
    await frame(key === "g" ? 1800 : 500);
  }
  await editor.press("Tab");
  await pause(500);
  await frame(1600);
  await editor.save();

  await editor.page.keyboard.press("Control+p");
  await editor.type("accounts.py");
  await until("the file is found", async () => (await editor.choices()).some((entry) => entry.includes("accounts.py")), 30);
  await editor.press("Enter");
  await until("it is open", async () => (await editor.texts(".breadcrumb-item, .monaco-breadcrumb-item")).join().includes("accounts.py"), 30);
  await editor.goto(42, 16);
  await editor.press("End", "Space", "Backspace");
  await frame(1200);
  await editor.save();
  await until("the search is told", async () => (await editor.statusBar()).includes("verified fix"), 60);
  await frame(1500);
  await until("the place of the fix is underlined", () => editor.squiggles("warning"), 400);
  await editor.command("fixbot: Show the verified fix");
  await editor.page.waitForSelector(".monaco-diff-editor", { timeout: 30000 });
  await until("the evidence is told", async () => (await editor.notifications()).some((text) => text.includes("Verified")), 20);
  await pause(800);
  await frame(2600);
  await editor.command("Notifications: Clear All");
  await editor.press("Control+w");
  await editor.goto(42, 16);
  await pause(600);
  await frame(1300);
  await editor.press("Control+.");
  await until("the quick fix is offered", async () => (await editor.texts(".action-widget .monaco-list-row")).some((text) => text.startsWith("Fix: ")), 60);
  await pause(400);
  await frame(2200);
  await editor.press("Enter");
  await until("the line is mended", async () => (await editor.line()).includes("<= last"), 30);
  await pause(500);
  await frame(1500);
  await editor.save();
  await until("nothing fails any more", async () => /\|\s+0\s+0\s+\|/.test(await editor.statusBar()), 200);
  await pause(1000);
  await frame(2500);
});
writeFileSync(path.join(FRAMES, "durations.json"), JSON.stringify(durations));
