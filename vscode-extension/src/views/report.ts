// The report of a run beside the code: what was checked and how, the patch, a diff per file, and applying it.

import * as vscode from "vscode";
import type { Diffs } from "./diffs";
import { escape, toHtml } from "./markdown";
import { inWorkspace, openPlace } from "./open";
import { options, page } from "./page";
import { applyPatch, type FilePatch } from "./patch";
import { inBrief, type RunReport, type ShownFix } from "./result";

export class Reports {
  constructor(
    private readonly extension: vscode.Uri,
    private readonly diffs: Diffs,
  ) {}

  /** Effect: opens a view of its own for `report`. */
  show(report: RunReport): void {
    const panel = vscode.window.createWebviewPanel("fixbot.report", `fixbot: ${report.title}`, vscode.ViewColumn.Beside, {
      ...options(this.extension),
      enableFindWidget: true,
    });
    panel.webview.onDidReceiveMessage((message: Message) => this.hear(report, message));
    panel.webview.html = page(panel.webview, this.extension, "report.js", report.title, body(report));
  }

  private async hear(report: RunReport, message: Message): Promise<void> {
    if (message.kind === "open") {
      await openPlace(message.path, message.line);
      return;
    }
    const files = message.kind === "diff" ? report.files.filter((file) => file.path === message.path) : report.files;
    const fix = await changeOf(report, files);
    if (fix !== undefined) {
      await (message.kind === "diff" ? this.diffs.show(fix, vscode.ViewColumn.One) : this.diffs.apply(fix));
    }
  }
}

type Message = { kind: "open"; path: string; line: number } | { kind: "diff"; path: string } | { kind: "apply" };

/** Effect: the change that a patch makes of the files as they are now; says so when it does not fit. */
async function changeOf(report: RunReport, patches: readonly FilePatch[]): Promise<ShownFix | undefined> {
  const files: ShownFix["files"] = [];
  for (const patch of patches) {
    const uri = await inWorkspace(patch.path);
    const before = uri && (await vscode.workspace.openTextDocument(uri)).getText();
    const after = before !== undefined ? applyPatch(before, patch) : undefined;
    if (uri === undefined || before === undefined || after === undefined) {
      void vscode.window.showWarningMessage(`fixbot: ${patch.path} is not the text that the patch was made for.`);
      return undefined;
    }
    files.push({ uri: uri.toString(), before, after });
  }
  return { title: report.title, evidence: report.status === "plausible" ? "Verified; the report says how" : "Not verified", files };
}

function body(report: RunReport): string {
  const buttons = report.files.map(({ path }) => `<button data-diff="${escape(path)}">Diff of ${escape(path)}</button>`);
  if (report.files.length > 0) {
    buttons.push(`<button data-apply="1"${report.status === "plausible" ? "" : ' class="doubtful"'}>Apply${report.status === "plausible" ? "" : " without verification"}</button>`);
  }
  const run = report.run === "" ? "" : `<p class="run">run ${escape(report.run)}</p>`;
  const status = report.status === "" ? "" : ` <span class="status">${escape(inBrief(report.status))}</span>`;
  return `<h1>${escape(report.title)}${status}</h1>
${run}
<div class="actions">${buttons.join("\n")}</div>
${toHtml(report.body)}`;
}
