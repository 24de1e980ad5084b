// Beside pyright: its server in the same editor. Every name stands once in the list, and an error is told once.

import { spawnSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FIXBOT, must, pause, QUIET, SCRATCH, until, withEditor, writeSettings } from "../driver.mjs";
import { AT, ledger, REST } from "../projects.mjs";

const ROOT = path.join(import.meta.dirname, "..", "..", "..");
const TOOLS = path.join(ROOT, "vscode-extension", "node_modules", ".bin");
const PYRIGHT = path.join(process.env.FIXBOT_EDITORS, "node_modules", "pyright", "langserver.index.js");

await withEditor({ workspace: ledger(), extensions: [neighbour()], env: { PYRIGHT_SERVER: PYRIGHT } }, async (editor) => {
  await editor.open("ledger/readers.py");
  await editor.ready();
  await editor.goto(AT.line, AT.column);
  await editor.type(`${REST}\naccount.`, 15);
  const labels = await until("the list has names", async () => {
    const shown = await editor.suggestions();
    return shown.includes("book") && shown;
  }, 90);
  await editor.shot("beside-pyright");
  must(new Set(labels).size === labels.length, `no name stands twice: ${labels}`);
  await editor.press("Escape", "Backspace");
  must((await books(editor)) === 1, "what is typed is found once");
  // The other way round: told to list everything, it does, so that the above was no accident.
  writeSettings(editor.server.data, { ...QUIET, "fixbot.path": FIXBOT, "fixbot.completion.beside": "alone" });
  await until("each name stands twice", async () => {
    await editor.press("Escape", ...Array(4).fill("Backspace"));
    return (await books(editor)) === 2;
  }, 120);
  await until("the error is underlined", () => editor.squiggles("error"), 60);
});

/** How often the list names the method of which some letters are typed; the list draws a dozen rows only. */
async function books(editor) {
  await editor.type(".boo");
  await until("the list is there", async () => (await editor.suggestions()).includes("book"), 60);
  await pause(2000);
  return (await editor.suggestions()).filter((label) => label === "book").length;
}

/** Effect: pyright's server as an extension that can be installed. */
function neighbour() {
  const folder = path.join(SCRATCH, "beside");
  cpSync(path.join(import.meta.dirname, "..", "beside"), folder, { recursive: true });
  writeFileSync(path.join(folder, ".vscodeignore"), "**\n!out.js\n");
  writeFileSync(path.join(folder, "README.md"), "For tests.\n");
  writeFileSync(path.join(folder, "LICENSE"), "For tests.\n");
  const options = ["--bundle", "--platform=node", "--external:vscode", "--outfile=out.js", "--log-level=error"];
  const modules = { ...process.env, NODE_PATH: path.join(ROOT, "vscode-extension", "node_modules") };
  must(spawnSync(path.join(TOOLS, "esbuild"), ["client.js", ...options], { cwd: folder, env: modules }).status === 0, "the neighbour builds");
  const packed = spawnSync(path.join(TOOLS, "vsce"), ["package", "--no-dependencies", "--allow-missing-repository", "-o", "pyright.vsix"], { cwd: folder, encoding: "utf-8" });
  must(packed.status === 0, packed.stderr);
  return path.join(folder, "pyright.vsix");
}
