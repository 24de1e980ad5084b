// What is shown of the server's answers: markdown as safe HTML, patches, reports.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { toHtml } from "../src/views/markdown";
import { applyPatch, readPatch } from "../src/views/patch";
import { readFix, readMarkdown, readReport } from "../src/views/result";

test("nothing that the server says becomes HTML of its own", () => {
  const hostile = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) `<b>` **<i>**\n\n| a<script> | b |\n|---|---|\n| <svg onload=x> | c |\n\n```html"><script>\n<script>alert(1)</script>\n```\n# <script>\n- <script>';
  const html = toHtml(hostile);
  assert.deepEqual([...html.matchAll(/<(?!\/?(?:p|code|pre|strong|table|tr|th|td|h2|ul|li)>)[^>]*>/g)], []);
  assert.ok(!html.includes("href"));
});

test("places in files are links, other things with colons are not", () => {
  const links = (text: string) => [...toHtml(text).matchAll(/data-path="([^"]*)" data-line="(\d+)"/g)].map(([, file, line]) => `${file ?? ""} ${line ?? ""}`);
  assert.deepEqual(links("See `ledger/accounts.py:42`, (src/a-b.ts:7-9) and setup.py:1."), ["ledger/accounts.py 42", "src/a-b.ts 7", "setup.py 1"]);
  assert.deepEqual(links("https://example.org/a.py:80 at 12:30, ../../etc/passwd.txt:1 or /etc/hosts.conf:3"), []);
});

test("the usual markdown is read: headings, lists, fences, tables, emphasis", () => {
  const html = toHtml("# Title\n\nOne *two* **three** `four`.\nfive\n\n1. a\n   more\n2. b\n\n```python\nif a < b:\n```\n");
  assert.ok(html.includes("<h2>Title</h2>") && html.includes("<em>two</em> <strong>three</strong> <code>four</code>"));
  assert.ok(toHtml("**`a*b*c`** (x.py:1), *`d`*, `e** f` **g**").includes("<strong><code>a*b*c</code></strong> (<a "));
  assert.ok(toHtml("*`d`* `e** f` **g**").includes("<em><code>d</code></em> <code>e** f</code> <strong>g</strong>"));
  assert.ok(html.includes("<ol><li>a more</li><li>b</li></ol>") && html.includes("<pre><code>if a &lt; b:</code></pre>"));
});

const BEFORE = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj";

test("git's own patches apply as git applies them, and a changed text is refused", () => {
  const afters = ["A\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", "a\nb\nc\nd\ne\nf\ng\nh\nx\ni\nj", "-- a\nb\nc\nd\ne\nf\ng\nh\ni\n++ j", "", "new\n" + BEFORE, "a\r\nb\nc\nd\nf\ng\nh\ni\nj"];
  const folder = mkdtempSync(path.join(tmpdir(), "fixbot-patch-"));
  writeFileSync(path.join(folder, "old"), BEFORE);
  for (const after of afters) {
    writeFileSync(path.join(folder, "new"), after);
    const diff = git(folder, ["diff", "--no-index", "--no-color", "old", "new"]).replaceAll("b/new", "b/old");
    const [file] = readPatch(diff);
    assert.ok(file?.path === "old");
    assert.equal(applyPatch(BEFORE, file), after);
    assert.equal(applyPatch(BEFORE.replaceAll(/[a-j]/g, "z"), file), undefined);
  }
});

function git(cwd: string, args: string[]): string {
  try {
    return execFileSync("git", args, { cwd, encoding: "utf-8" });
  } catch (error) {
    return (error as { stdout: string }).stdout; // 1: the files differ
  }
}

test("files that are made or deleted are not offered as diffs", () => {
  assert.deepEqual(readPatch("--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x\n"), []);
  assert.deepEqual(readPatch("no patch at all"), []);
});

test("a report says how the patch was checked, whether it came as a document or as markdown", () => {
  const patch = "--- a/m.py\n+++ b/m.py\n@@ -1 +1 @@\n-a\n+b\n";
  const verification = { oracle: "failing tests", failed_before: ["t.py::t"], passed_after: ["t.py::t"], regressions: [], tests_run: 7 };
  const read = readReport({ run: "r1", status: "plausible", title: "It fails", report: { patch, verification, sandbox: "bwrap" } });
  assert.deepEqual(read.files.map((file) => file.path), ["m.py"]);
  for (const fact of ["failing tests", "`t.py::t`", "| 7 |", "bwrap", "+b"]) {
    assert.ok(read.body.includes(fact), fact);
  }
  const other = readReport({ run: "r1", status: "plausible", title: "T", report: `Checked.\n\n\`\`\`diff\n${patch}\`\`\`\n` });
  assert.deepEqual(other.files, read.files);
  assert.ok(readReport({ title: "T", report: "# T\n\nChecked." }).body.startsWith("Checked."), "what the view is called is not said twice");
  const failed = readReport({ status: "error", title: "T", report: { error: { message: "no tests", hint: "add one" } } });
  assert.ok(failed.body.includes("no tests. add one"));
  assert.equal(readReport(null).status, "unknown");
});

test("answers of another shape than agreed are taken for none", () => {
  assert.equal(readFix({ title: "t", files: [{ uri: "file:///a", before: "a" }] }), undefined);
  assert.equal(readFix("x"), undefined);
  assert.equal(readMarkdown({ markdown: "" }), undefined);
  assert.equal(readMarkdown({ markdown: "yes" }), "yes");
});

test("the manifest names what the code registers", () => {
  const here = path.resolve(__dirname, "..", "..");
  const manifest = JSON.parse(readFileSync(path.join(here, "package.json"), "utf-8")) as {
    activationEvents: string[];
    contributes: { views: { fixbot: { id: string }[] }; walkthroughs: { steps: { media: { image: string }; description: string }[] }[]; commands: { command: string }[] };
  };
  const source = readFileSync(path.join(here, "src", "languages.ts"), "utf-8");
  for (const event of manifest.activationEvents) {
    assert.ok(source.includes(`"${event.replace("onLanguage:", "")}"`), event);
  }
  assert.ok(readFileSync(path.join(here, "src", "views", "ask.ts"), "utf-8").includes(`"${manifest.contributes.views.fixbot[0]?.id ?? ""}"`));
  for (const { media, description } of manifest.contributes.walkthroughs.flatMap((each) => each.steps)) {
    assert.ok(readFileSync(path.join(here, media.image)).length > 1000);
    for (const [, command] of description.matchAll(/command:([\w.]+)/g)) {
      assert.ok(command === "fixbot.menu" || manifest.contributes.commands.some((each) => each.command === command), command);
    }
  }
});
