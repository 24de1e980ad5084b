// The panel in which questions are asked and answers stand, with the places that they cite.

import * as vscode from "vscode";
import { escape, toHtml } from "./markdown";
import { openPlace } from "./open";
import { options, page } from "./page";

interface Entry {
  question: string;
  html: string;
  state: "waiting" | "answered" | "failed";
}

type Message = { kind: "ask"; question: string } | { kind: "open"; path: string; line: number } | { kind: "ready" };

const MOST = 50; // entries kept

export class AskView implements vscode.WebviewViewProvider {
  static readonly id = "fixbot.answers";
  private view: vscode.WebviewView | undefined;
  private readonly entries: Entry[] = [];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly onQuestion: (question: string) => void,
  ) {}

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.webview.options = options(this.extension);
    view.webview.onDidReceiveMessage((message: Message) => this.hear(message));
    view.onDidDispose(() => (this.view = undefined));
    view.webview.html = page(view.webview, this.extension, "ask.js", "Ask", FORM);
  }

  /** Effect: shows the panel. */
  async reveal(): Promise<void> {
    await vscode.commands.executeCommand(`${AskView.id}.focus`);
  }

  /** Effect: shows `question`, and the markdown that `answer` comes to, or why there is none. */
  async answer(question: string, answer: Promise<string>): Promise<void> {
    const entry: Entry = { question, html: "", state: "waiting" };
    this.entries.push(entry);
    this.entries.splice(0, Math.max(0, this.entries.length - MOST));
    this.draw();
    try {
      entry.html = toHtml(await answer);
      entry.state = "answered";
    } catch (error) {
      entry.html = `<p>${escape(error instanceof Error ? error.message : String(error))}</p>`;
      entry.state = "failed";
    }
    this.draw();
  }

  private async hear(message: Message): Promise<void> {
    if (message.kind === "open") {
      await openPlace(message.path, message.line);
    } else if (message.kind === "ask") {
      this.onQuestion(message.question);
    } else {
      this.draw();
    }
  }

  private draw(): void {
    const html = this.entries.map(({ question, html, state }) => {
      const said = state === "waiting" ? '<p class="waiting">looking …</p>' : html;
      return `<article class="${state}"><h2>${escape(question)}</h2>${said}</article>`;
    });
    void this.view?.webview.postMessage({ html: html.join("\n") });
  }
}

const FORM = `<main id="entries" aria-live="polite"></main>
<form id="form">
<textarea id="question" rows="3" aria-label="Question" placeholder="Ask about this project. Every sentence of the answer names the lines it rests on."></textarea>
<button type="submit">Ask</button>
</form>`;
