// What becomes of grey text is counted: one taken whole, one in part, one passed over. The server is told so, and the page of
// statistics and `fixbot stats` say the same.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FIXBOT, must, SCRATCH, until, withEditor } from "../driver.mjs";
import { AT, HABITS, ledger, REST } from "../projects.mjs";

const files = ["ledger/whole.py", "ledger/part.py", "ledger/passed.py"];
const workspace = ledger((folder) => files.forEach((file) => writeFileSync(path.join(folder, file), HABITS)));
const fits = (shown) => REST.endsWith(shown);

// The server itself, with a copy of all that the editor sends it.
const [heard, listening] = [path.join(SCRATCH, "heard"), path.join(SCRATCH, "listening")];
writeFileSync(listening, `#!/bin/sh\ntee -a ${heard} | ${FIXBOT} "$@"\n`, { mode: 0o755 });
const told = (method, words) => until(`the server is told ${method}`, () => messages().some((each) => each.includes(`"method":"${method}"`) && words.test(each)), 30);
const messages = () => readFileSync(heard, "utf-8").split("Content-Length: ");

await withEditor({ workspace, settings: { "fixbot.path": listening } }, async (editor) => {
  await editor.open(files[0]);
  await editor.ready();
  await editor.goto(AT.line, AT.column);
  await editor.typeForGhost("log", fits);
  await editor.press("Tab");
  await until("Tab took the whole", async () => (await editor.line()).trim() === REST, 20);
  await told("workspace/executeCommand", /fixbot\.accepted/);

  await editor.go(files[1]);
  await editor.goto(AT.line, AT.column);
  await editor.typeForGhost("log", fits);
  await editor.press("Control+ArrowRight");
  await until("a word of it was taken", async () => (await editor.line()).trim() === "logger", 20);
  await told("textDocument/didPartiallyAcceptCompletion", /"acceptedLength":6/);
  await editor.press("Escape", "Enter");

  await editor.go(files[2]);
  await editor.goto(AT.line, AT.column);
  await editor.typeForGhost("log", fits);
  await editor.press("Escape", "Enter");
  await editor.save();

  const counted = statistics();
  console.log(JSON.stringify(counted));
  must(counted.rows.length === 1 && counted.rows[0].engine === "built-in", "one engine offered");
  const [row] = counted.rows;
  must(row.accepted === 1, `one was taken whole, not ${row.accepted}`);
  must(row.partly === 1, `one was taken in part, not ${row.partly}`);
  must(row.shown >= 3, `three at least were shown, not ${row.shown}`);
  must(row.characters === REST.length + "logger".length, `the characters of both, not ${row.characters}`);
  must(Object.keys(counted.withheld).length === 0, "nothing was kept back");

  await editor.command("fixbot: Show statistics");
  const page = await editor.webview("h1:has-text('What fixbot offered')", 60);
  const cells = await page.$$eval("tbody tr:first-child td", (each) => each.map((cell) => cell.textContent));
  must(cells[0] === "built-in" && cells[1] === String(row.shown) && cells[2] === "1" && cells[3] === "1", `the page says the same: ${cells}`);
  await editor.shot("statistics");
});

function statistics() {
  const env = { ...process.env, FIXBOT_HOME: path.join(SCRATCH, "fixbot") };
  return JSON.parse(spawnSync(FIXBOT, ["stats", "--json"], { env, encoding: "utf-8" }).stdout);
}
