// What the server's commands come to on the screen: the ask panel and its links, a run's report, its diffs, applying it, the
// status with a model, versions that do not fit. The server is a stand-in that answers at once.

import { readFileSync } from "node:fs";
import path from "node:path";
import { must, SCRATCH, until, withEditor } from "../driver.mjs";
import { ledger } from "../projects.mjs";

const HEARD = path.join(SCRATCH, "heard");
const heard = () => readFileSync(HEARD, "utf-8").trim().split("\n").map((line) => JSON.parse(line));
const fake = path.join(import.meta.dirname, "..", "fake_fixbot.py");
const env = { FAKE_HEARD: HEARD, FAKE_VERSION: "0.0.9" };

await withEditor({ workspace: ledger(), settings: { "fixbot.path": fake }, env }, async (editor) => {
  const { page } = editor;
  await editor.open("README.md");
  await until("nothing is started for a file of another kind", async () => (await editor.status()) === "", 10);
  await editor.command("fixbot: Ask about this project");
  await editor.answer("fixbot: Ask", "Why is the last day missing?");
  const asked = await editor.webview("article.answered a[data-path]", 60);
  must(heard().some(([command, argument]) => command === "fixbot.ask" && argument.question.startsWith("Why")), "the question was asked");
  must((await asked.$$("article img")).length === 0, "what a server says is text");
  await until("the status names the model", async () => (await editor.status()).includes("coder-7b"), 20);
  await editor.told("0.0.9", 20);
  await editor.shot("ask");
  await editor.command("Notifications: Clear All");
  await asked.click("a[data-line='42']");
  await until("the cited line is opened", async () => (await editor.statusBar()).includes("Ln 42"), 30);
  await editor.shot("cited");

  await page.hover("[id='fixbot.fixbot.fixbot.status']");
  await until("the status says what was sent", async () => (await editor.texts(".monaco-hover, .workbench-hover")).some((text) => text.includes("3 requests, 1200 tokens")), 20);
  await editor.goto(42, 1);
  await editor.command("fixbot: Solve an issue");
  await editor.answer("fixbot: Solve an issue", "The last day is missing");
  const report = await editor.webview("button[data-diff]", 60);
  must((await report.textContent("body")).includes("test_last_day"), "the report says what was checked");
  await editor.shot("report");
  await report.click("button[data-diff]");
  await page.waitForSelector(".monaco-diff-editor", { timeout: 30000 });
  await until("the diff shows what would be", async () => (await editor.texts(".monaco-diff-editor .view-line")).some((line) => line.includes("entry.day <= last")), 30);
  await editor.shot("report-diff");
  await (await editor.webview("button[data-apply]", 60)).click("button[data-apply]");
  await until("applying it shows the changed line", async () => (await editor.line()).includes("entry.day <= last:"), 60);
  must(!editor.disk("ledger/accounts.py").includes("entry.day <= last:"), "saving is left to the user");
  await editor.shot("applied");
  await editor.save();
  await until("the file is changed", () => editor.disk("ledger/accounts.py").includes("entry.day <= last:"), 60);

  await editor.command("fixbot: Show statistics");
  const statistics = await editor.webview("h1:has-text('Statistics')", 30);
  must((await statistics.textContent("body")).includes("fixbot.stats"), "the statistics are shown");
});
