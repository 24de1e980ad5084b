// Shows a change before it is made, in the editor's own diff, and makes it when somebody says so.

import * as vscode from "vscode";
import { firstChange, type ShownFix } from "./result";

const SCHEME = "fixbot-change";
const MOST = 50; // changes kept for diffs that are still open

export class Diffs implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registered: vscode.Disposable;
  private count = 0;

  constructor() {
    this.registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  /** Effect: opens the diff of each file in `column`, then offers to apply the change. */
  async show(fix: ShownFix, viewColumn = vscode.ViewColumn.Active): Promise<void> {
    this.count += 1;
    const sides = fix.files.map(({ uri, before, after }) => {
      const file = vscode.Uri.parse(uri, true);
      return { file, left: this.keep(file, "before", before), right: this.keep(file, "after", after) };
    });
    const [first] = sides;
    if (sides.length === 1 && first) {
      const name = vscode.workspace.asRelativePath(first.file);
      await vscode.commands.executeCommand("vscode.diff", first.left, first.right, `${name} (${fix.title})`, { preview: true, viewColumn });
    } else {
      await vscode.commands.executeCommand("vscode.changes", fix.title, sides.map(({ file, left, right }) => [file, left, right]));
    }
    void this.offer(fix);
  }

  /** Effect: writes the change into the open documents, if their text is still what it was made for; unsaved. */
  async apply(fix: ShownFix): Promise<boolean> {
    const edit = new vscode.WorkspaceEdit();
    for (const { uri, before, after } of fix.files) {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
      if (document.getText() !== before) {
        void vscode.window.showWarningMessage(`fixbot: ${vscode.workspace.asRelativePath(document.uri)} has changed since; the change was not applied.`);
        return false;
      }
      edit.replace(document.uri, whole(document), after);
    }
    const applied = await vscode.workspace.applyEdit(edit);
    const [first] = fix.files;
    if (applied && first) {
      await reveal(vscode.Uri.parse(first.uri, true), firstChange(first.before, first.after));
    }
    return applied;
  }

  dispose(): void {
    this.registered.dispose();
  }

  private async offer(fix: ShownFix): Promise<void> {
    const said = [fix.title, fix.evidence].filter((each) => each !== "").join(". ");
    if ((await vscode.window.showInformationMessage(`fixbot: ${said}`, "Apply the change")) !== undefined) {
      await this.apply(fix);
    }
  }

  private keep(file: vscode.Uri, side: string, text: string): vscode.Uri {
    const uri = file.with({ scheme: SCHEME, authority: "", query: `${String(this.count)}-${side}` });
    this.texts.set(uri.toString(), text);
    for (const oldest of [...this.texts.keys()].slice(0, Math.max(0, this.texts.size - MOST))) {
      this.texts.delete(oldest);
    }
    return uri;
  }
}

/** Effect: shows where a change was made; otherwise the only sign of it would be a dot in the list of files. */
async function reveal(file: vscode.Uri, line: number): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file);
  const selection = document.lineAt(Math.min(line, document.lineCount - 1)).range;
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false, selection: new vscode.Range(selection.start, selection.start) });
}

function whole(document: vscode.TextDocument): vscode.Range {
  return new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length));
}
