// "Solve an issue": from the selection, the markdown file that is open, or a box; the report opens when the run has ended.

import * as vscode from "vscode";
import { readReport } from "../views/result";
import { asObject, type Parts } from "./register";

/** Effect: runs the server's solver on an issue, with progress that can be cancelled, and shows its report. */
export async function solve(parts: Parts, argument: unknown): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new Error("This workspace is not trusted: its tests are not run, so nothing could be verified. 'Workspaces: Manage Workspace Trust' changes that.");
  }
  const issue = given(argument) ?? (await chosen());
  if (issue === undefined) {
    return;
  }
  const options = { location: vscode.ProgressLocation.Notification, title: "fixbot: solving", cancellable: true };
  const answer = await vscode.window.withProgress(options, async (progress, token) => {
    progress.report({ message: "in a copy of the project; nothing is edited" });
    try {
      return await parts.server.call("fixbot.solve", issue, token);
    } catch (error) {
      if (token.isCancellationRequested) {
        return undefined;
      }
      throw error;
    }
  });
  if (answer !== undefined && answer !== null) {
    parts.reports.show(readReport(answer));
  }
}

function given(argument: unknown): object | undefined {
  const { issue, uri } = asObject(argument);
  return typeof issue === "string" ? { issue } : typeof uri === "string" ? { uri } : undefined;
}

/** Effect: asks which issue, naming what is at hand; undefined when nobody answers. */
async function chosen(): Promise<object | undefined> {
  const items = atHand();
  if (items.length > 0) {
    const other: Choice = { label: "$(edit) Type it", detail: "a few words, or a traceback on one line" };
    const choice = await vscode.window.showQuickPick([...items, other], { title: "fixbot: Solve which issue?" });
    if (choice === undefined || choice.argument !== undefined) {
      return choice?.argument;
    }
  }
  const prompt = "What is wrong? Name what happens and what should happen instead";
  const issue = await vscode.window.showInputBox({ title: "fixbot: Solve an issue", prompt, ignoreFocusOut: true });
  return issue !== undefined && issue.trim() !== "" ? { issue: issue.trim() } : undefined;
}

interface Choice extends vscode.QuickPickItem {
  argument?: object;
}

function atHand(): Choice[] {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return [];
  }
  const { document, selection } = editor;
  const selected = document.getText(selection).trim();
  const choices: Choice[] = [];
  if (selected !== "") {
    choices.push({ label: "$(selection) The selected text", detail: short(selected), argument: { issue: selected } });
  }
  if (["markdown", "plaintext"].includes(document.languageId)) {
    const name = vscode.workspace.asRelativePath(document.uri);
    const argument = document.uri.scheme === "file" && !document.isDirty ? { uri: document.uri.toString() } : { issue: document.getText() };
    choices.push({ label: `$(markdown) ${name}`, detail: short(document.getText()), argument });
  }
  return choices;
}

function short(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, 100);
}
