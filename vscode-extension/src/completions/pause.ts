// Where completions rest: in one document until the window closes, or in a language by the setting `fixbot.languages`.

import * as vscode from "vscode";
import { SECTION } from "../settings";

export class Pause implements vscode.Disposable {
  private readonly documents = new Set<string>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listening: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor() {
    this.listening = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("fixbot.languages")) {
        this.changed.fire();
      }
    });
  }

  /** Whether nothing is offered in `document`. */
  holds(document: vscode.TextDocument): boolean {
    return this.here(document) || this.language(document.languageId);
  }

  here(document: vscode.TextDocument): boolean {
    return this.documents.has(document.uri.toString());
  }

  language(id: string): boolean {
    const chosen = settings();
    return (chosen[id] ?? chosen["*"]) === false;
  }

  /** Effect: pauses one document, or goes on there. */
  toggleHere(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (!this.documents.delete(uri)) {
      this.documents.add(uri);
    }
    this.changed.fire();
  }

  /** Effect: writes the user's setting for one language. */
  async toggleLanguage(id: string): Promise<void> {
    const chosen = { ...settings(), [id]: this.language(id) };
    await vscode.workspace.getConfiguration(SECTION).update("languages", chosen, vscode.ConfigurationTarget.Global);
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }
}

function settings(): Record<string, boolean> {
  return vscode.workspace.getConfiguration(SECTION).get<Record<string, boolean>>("languages", {});
}
