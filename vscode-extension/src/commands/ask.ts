// "Ask" and "Explain": the answer goes into the panel.

import * as vscode from "vscode";
import { readMarkdown } from "../views/result";
import { asObject, type Parts } from "./register";

/** Effect: asks the question given, or the one typed into a box. */
export async function ask(parts: Parts, argument: unknown): Promise<void> {
  const given = asObject(argument).question;
  const prompt = "A question about this project; the answer names the lines it rests on";
  const question = typeof given === "string" ? given : await vscode.window.showInputBox({ title: "fixbot: Ask", prompt });
  if (question === undefined || question.trim() === "") {
    return;
  }
  await parts.view.reveal();
  await parts.view.answer(question.trim(), markdown(parts, "fixbot.ask", { question: question.trim() }));
}

/** Effect: explains the range given, or what is selected, or the line of the cursor. */
export async function explain(parts: Parts, argument: unknown): Promise<void> {
  const given = asObject(argument);
  const editor = vscode.window.activeTextEditor;
  const place = "uri" in given && "range" in given ? given : editor && { uri: editor.document.uri.toString(), range: rangeOf(editor) };
  if (place === undefined) {
    throw new Error("Open a file and select what is to be explained.");
  }
  await parts.view.reveal();
  await parts.view.answer(`Explain ${named(place)}`, markdown(parts, "fixbot.explain", place));
}

async function markdown({ server }: Parts, command: string, argument: object): Promise<string> {
  const answer = readMarkdown(await server.call(command, argument));
  if (answer === undefined) {
    throw new Error("The server had nothing to say.");
  }
  return answer;
}

function rangeOf({ document, selection }: vscode.TextEditor): object {
  const range = selection.isEmpty ? document.lineAt(selection.active.line).range : selection;
  const place = ({ line, character }: vscode.Position) => ({ line, character });
  return { start: place(range.start), end: place(range.end) };
}

function named(place: object): string {
  const { uri, range } = asObject(place);
  const path = typeof uri === "string" ? vscode.workspace.asRelativePath(vscode.Uri.parse(uri)) : "";
  const line = asObject(asObject(range).start).line;
  return typeof line === "number" ? `${path}:${String(line + 1)}` : path;
}
