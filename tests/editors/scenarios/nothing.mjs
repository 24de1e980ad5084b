// From nothing: no server anywhere, no settings, no uv, no pipx. The extension is installed, a project opened, "Install" clicked; then
// one types. What the server needs comes from the package index of this machine. The times are printed.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { must, SCRATCH, until, withEditor } from "../driver.mjs";
import { AT, ledger, REST } from "../projects.mjs";

const bin = path.join(SCRATCH, "bin");
mkdirSync(bin);
const python = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf-8" }).stdout.trim();
writeFileSync(path.join(bin, "python3"), `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
const env = { PATH: `${bin}:/usr/bin:/bin` };

await withEditor({ workspace: ledger(), settings: { "fixbot.path": undefined }, env }, async (editor) => {
  const { began, data } = editor.server;
  const tell = (what) => console.log(`${((Date.now() - began) / 1000).toFixed(1)} s: ${what}`);
  await editor.open("ledger/readers.py");
  tell("the extension is installed, the project open");
  await editor.told("was not found", 90);
  await editor.page.click(".notification-list-item .monaco-button:text-is('Install')");
  tell("Install was clicked");
  await until("it is told how far the installation is", async () => (await editor.notifications()).some((each) => each.includes("installing the server")), 30);
  await editor.shot("installing");
  await until("the status says that the server is there", async () => /fixbot: built-in/.test(await editor.status()), 400);
  tell("the server is installed and runs");
  await editor.goto(AT.line, AT.column);
  await editor.typeForGhost("log", (shown) => REST.endsWith(shown));
  tell("the first grey text");
  await editor.shot("from-nothing");
  must(existsSync(path.join(data, "User", "globalStorage", "fixbot.fixbot", "server", "bin", "fixbot")), "the server is where the extension keeps it");
});
