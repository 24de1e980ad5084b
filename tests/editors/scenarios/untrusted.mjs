// A workspace that nobody trusts: completions work, nothing of the project runs, and the status says so; then it is trusted.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { must, pause, SCRATCH, until, withEditor } from "../driver.mjs";
import { AT, ledger, REST } from "../projects.mjs";

const RAN = path.join(SCRATCH, "ran");
// Both would leave a trace if anything of the project were run: a test, and a fixbot of the project's own.
const workspace = ledger((folder) => {
  writeFileSync(path.join(folder, "tests", "test_trace.py"), `from pathlib import Path\n\nPath(${JSON.stringify(RAN)}).touch()\n\n\ndef test_nothing():\n    assert False\n`);
  const bin = path.join(folder, ".venv", "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, "fixbot"), `#!/bin/sh\ntouch ${RAN}\n`, { mode: 0o755 });
});

await withEditor({ workspace, trust: true, settings: { "security.workspace.trust.startupPrompt": "never" } }, async (editor) => {
  await editor.open("ledger/readers.py");
  await until("the editor says that the workspace is restricted", async () => (await editor.statusBar()).includes("Restricted Mode"), 60);
  await editor.goto(AT.line, AT.column);
  await editor.typeForGhost("log", (shown) => REST.endsWith(shown));
  await editor.press("Tab");
  await editor.save();
  await editor.told("not trusted", 60);
  await editor.page.hover("[id='fixbot.fixbot.fixbot.status']");
  await until("the status says so too", async () => (await editor.texts(".monaco-hover, .workbench-hover")).some((text) => text.includes("not trusted")), 20);
  await editor.shot("untrusted");
  await editor.command("fixbot: Solve an issue");
  await editor.told("could be verified", 20);
  await pause(3000);
  must(!existsSync(RAN), "nothing of the project was run");
  must(!(await editor.statusBar()).includes("looking for a verified fix"), "no fix is looked for");
});
