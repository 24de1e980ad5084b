// Fixes: one before it is applied, all that hold, and one test run by hand.

import * as vscode from "vscode";
import { Unavailable } from "../server/server";
import { readFix, readMarkdown, type ShownFix } from "../views/result";
import { asObject, type Parts } from "./register";

const OFFERED = "verified-fix";

/** Effect: shows a fix as a diff: the one with the id given, else the one that is on offer in the open files. */
export async function showFix(parts: Parts, argument: unknown): Promise<void> {
  const { id } = asObject(argument);
  const fix = typeof id === "string" ? await asked(parts, id) : await offered();
  if (fix === undefined) {
    throw new Error(typeof id === "string" ? "This fix is not on offer any more." : "No verified fix is on offer in the open files. Save a file with a failing test, and one is looked for.");
  }
  await parts.diffs.show(fix);
}

/** Effect: lets the server fix what it can verify, in one document or in the whole project. */
export async function fixAll({ server }: Parts, argument: unknown): Promise<void> {
  const { uri } = asObject(argument);
  const open = vscode.window.activeTextEditor?.document.uri;
  const where = typeof uri === "string" ? { uri } : open?.scheme === "file" ? { uri: open.toString() } : {};
  const options = { location: vscode.ProgressLocation.Notification, title: "fixbot: fixing what can be verified", cancellable: true };
  const answer = await vscode.window.withProgress(options, (_progress, token) => server.call("fixbot.fixAll", where, token));
  tell(answer);
}

/** Effect: runs one test: the one given, or the one that the cursor is in. */
export async function runTest({ server }: Parts, argument: unknown): Promise<void> {
  const given = asObject(argument);
  const editor = vscode.window.activeTextEditor;
  const id = typeof given.id === "string" ? given.id : editor && testAt(editor);
  if (id === undefined) {
    throw new Error("Put the cursor into a test function first.");
  }
  const test = { id, uri: given.uri ?? editor?.document.uri.toString() };
  const options = { location: vscode.ProgressLocation.Notification, title: `fixbot: running ${id}`, cancellable: true };
  tell(await vscode.window.withProgress(options, (_progress, token) => server.call("fixbot.runTest", test, token)));
}

async function asked({ server }: Parts, id: string): Promise<ShownFix | undefined> {
  try {
    return readFix(await server.call("fixbot.showFix", { id }));
  } catch (error) {
    if (error instanceof Unavailable) {
      return offered();
    }
    throw error;
  }
}

/** The fix whose remark stands in an open document, read from the quick fix that applies it. */
async function offered(): Promise<ShownFix | undefined> {
  for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) {
    const mark = diagnostics.find((each) => each.code === OFFERED);
    if (mark !== undefined) {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>("vscode.executeCodeActionProvider", uri, mark.range, "quickfix");
      // The editor hands actions on without their diagnostics; the remark begins with the title of its action.
      const action = actions.find((each) => each.edit !== undefined && mark.message.startsWith(each.title));
      if (action?.edit !== undefined) {
        return changed(action.title, mark.message.split("\n").slice(1).join(" "), action.edit);
      }
    }
  }
  return undefined;
}

async function changed(title: string, evidence: string, edit: vscode.WorkspaceEdit): Promise<ShownFix> {
  const files = await Promise.all(
    edit.entries().map(async ([uri, edits]) => {
      const document = await vscode.workspace.openTextDocument(uri);
      return { uri: uri.toString(), before: document.getText(), after: edited(document, edits) };
    }),
  );
  return { title, evidence, files };
}

function edited(document: vscode.TextDocument, edits: readonly vscode.TextEdit[]): string {
  const last = [...edits].sort((a, b) => b.range.start.compareTo(a.range.start));
  return last.reduce((text, { range, newText }) => {
    return text.slice(0, document.offsetAt(range.start)) + newText + text.slice(document.offsetAt(range.end));
  }, document.getText());
}

/** The pytest name of the test around the cursor; undefined where there is none. */
function testAt({ document, selection }: vscode.TextEditor): string | undefined {
  const path = vscode.workspace.asRelativePath(document.uri, false);
  let name: string | undefined;
  let depth = Infinity;
  for (let line = selection.active.line; line >= 0 && depth > 0; line -= 1) {
    const match = /^(\s*)(?:async\s+)?(def|class)\s+(\w+)/.exec(document.lineAt(line).text);
    const [, indent = "", kind, found = ""] = match ?? [];
    if (match && indent.length < depth && (kind === "class" ? name !== undefined : found.startsWith("test"))) {
      name = name === undefined ? found : `${found}::${name}`;
      depth = indent.length;
    }
  }
  return name === undefined ? undefined : `${path}::${name}`;
}

function tell(answer: unknown): void {
  const { title } = asObject(answer);
  const said = typeof title === "string" ? title : readMarkdown(answer);
  if (said !== undefined) {
    void vscode.window.showInformationMessage(`fixbot: ${said}`);
  }
}
