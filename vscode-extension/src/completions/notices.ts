// Tells the server which suggestions were shown, and which were accepted in part; the editor itself tells nobody.

import * as vscode from "vscode";
import { accepted, type Shown, typedAlong } from "./partly";

/** What the editor was given last, and how much of it stands in the document by now. */
interface Sent {
  uri: string;
  item: vscode.InlineCompletionItem;
  shown: Shown;
}

export class Notices implements vscode.Disposable {
  private sent: Sent | undefined;
  private readonly listening: vscode.Disposable;

  constructor(private readonly notify: (method: string, message: object) => void) {
    this.listening = vscode.workspace.onDidChangeTextDocument((event) => {
      this.edited(event);
    });
  }

  /** Effect: remembers what the editor was given, and says so. Nothing is known of what it does with it. */
  given(document: vscode.TextDocument, position: vscode.Position, items: readonly vscode.InlineCompletionItem[]): void {
    const item = items[0];
    if (item === undefined || typeof item.insertText !== "string") {
      return;
    }
    const start = item.range?.start ?? position;
    const typed = document.getText(new vscode.Range(start, position));
    this.sent = { uri: document.uri.toString(), item, shown: { offset: document.offsetAt(start), typed, text: item.insertText } };
    this.notify("textDocument/didShowCompletion", { item: plain(item) });
  }

  dispose(): void {
    this.listening.dispose();
  }

  private edited({ document, contentChanges: [change, ...more] }: vscode.TextDocumentChangeEvent): void {
    const sent = this.sent;
    if (sent?.uri !== document.uri.toString() || change === undefined) {
      return;
    }
    const edit = { offset: change.rangeOffset, removed: change.rangeLength, text: change.text };
    const length = more.length === 0 ? accepted(sent.shown, edit) : undefined;
    if (length !== undefined && length < sent.shown.text.length) {
      this.notify("textDocument/didPartiallyAcceptCompletion", { item: plain(sent.item), acceptedLength: length });
      this.sent = { ...sent, shown: { ...sent.shown, typed: sent.shown.text.slice(0, length) } };
      return;
    }
    const still = more.length === 0 ? typedAlong(sent.shown, edit) : undefined;
    this.sent = still === undefined ? undefined : { ...sent, shown: still };
  }
}

/** The protocol's shape of an item: its text, its range and the command that its acceptance calls. */
function plain({ insertText, range, command }: vscode.InlineCompletionItem): object {
  return { insertText, range: range && { start: place(range.start), end: place(range.end) }, command };
}

function place({ line, character }: vscode.Position): object {
  return { line, character };
}
