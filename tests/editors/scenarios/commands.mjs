// The commands of the palette with the real server: ask, explain, solve and apply, statistics before anything was offered, what was sent.

import { must, until, withEditor } from "../driver.mjs";
import { ledger } from "../projects.mjs";

const RIGHT = "if first <= entry.day <= last:";

await withEditor({ workspace: ledger(), settings: { "fixbot.background.enabled": false, "fixbot.background.timeout": 400 } }, async (editor) => {
  await editor.open("ledger/accounts.py");
  await editor.ready();

  await editor.command("fixbot: Ask about this project");
  await editor.answer("fixbot: Ask", "who calls entries_between?");
  const panel = await editor.webview("article.answered", 90);
  const answer = await panel.textContent("article.answered");
  must(answer.includes("monthly_statement"), `the caller is named: ${answer}`);
  await editor.shot("ask-real");
  await panel.click("article.answered a[data-path='ledger/statement.py']");
  await until("the cited file is opened", async () => (await editor.texts(".tab.active")).some((tab) => tab.includes("statement.py")), 30);

  await editor.go("ledger/accounts.py");
  await editor.goto(42, 16);
  await editor.command("fixbot: Explain the selection");
  await until("the line is explained", async () => (await panel.$$("article.answered")).length === 2, 90);
  const explained = await panel.textContent("article:last-child");
  must(explained.includes("entries_between"), `what the line is part of is said: ${explained}`);
  await editor.shot("explain-real");

  await editor.command("fixbot: Show what was sent");
  const sent = await editor.webview("h1:has-text('What was sent')", 30);
  must((await sent.textContent("body")).includes("Nothing was sent"), "nothing was sent");
  await editor.press("Control+w");

  await editor.go("ledger/accounts.py");
  await editor.command("fixbot: Solve an issue");
  await editor.answer("fixbot: Solve an issue", "Entries of the last day of a month are missing from monthly_statement");
  await editor.shot("solving");
  const report = await editor.webview("button[data-diff]", 400);
  const said = await report.textContent("body");
  must(said.includes("test_last_day_is_on_the_statement"), `the report says what was checked: ${said}`);
  await editor.shot("report-real");
  await report.click("button[data-apply]");
  await until("applying it shows the changed line", async () => (await editor.line()).trim() === RIGHT, 60);
  await editor.save();
  await until("it is on disk", () => editor.disk("ledger/accounts.py").includes(RIGHT), 20);

  await editor.command("fixbot: Show statistics");
  const page = await editor.webview("h1:has-text('What fixbot offered')", 60);
  must((await page.textContent("body")).includes("Nothing was offered yet"), "nothing was offered");
});
