// After a save with a failing test: a verified fix is looked for in the background, offered as a quick fix, shown as a diff, applied.

import { must, until, withEditor } from "../driver.mjs";
import { ledger } from "../projects.mjs";

const workspace = ledger();
const WRONG = "if first <= entry.day < last:";
const RIGHT = "if first <= entry.day <= last:";

await withEditor({ workspace, settings: { "fixbot.background.timeout": 400 } }, async (editor) => {
  await editor.open("ledger/accounts.py");
  await editor.ready();
  await editor.goto(29, 5);
  await editor.press("End", "Space", "Backspace");
  await editor.save();
  await until("the status bar says that a fix is looked for", async () => (await editor.statusBar()).includes("verified fix"), 60);
  await editor.shot("searching");
  await until("the place of the fix is underlined", () => editor.squiggles("warning"), 400);
  must(editor.disk("ledger/accounts.py").includes(WRONG), "nothing was edited unasked");

  await editor.command("fixbot: Show the verified fix");
  await editor.page.waitForSelector(".diff-editor, .monaco-diff-editor", { timeout: 30000 });
  await until("the diff shows both lines", () => both(editor), 30);
  await editor.told("Verified", 20);
  await editor.shot("fix-diff");

  await editor.press("Control+w");
  await editor.goto(42, 16);
  await editor.press("Control+.");
  await until("the quick fix is in the menu", async () => (await editor.texts(".action-widget .monaco-list-row")).some((text) => text.startsWith("Fix: ")), 60);
  await editor.shot("quick-fix");
  await editor.press("Enter");
  await until("the line is mended", async () => (await editor.line()).trim() === RIGHT, 30);
  await editor.save();
  await until("it is on disk", () => editor.disk("ledger/accounts.py").includes(RIGHT), 20);
  await editor.shot("fixed");
});

async function both(editor) {
  const rows = (await editor.texts(".monaco-diff-editor .view-line, .diff-editor .view-line")).map((text) => text.trim());
  return rows.includes(WRONG) && rows.includes(RIGHT);
}
