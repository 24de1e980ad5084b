// The status item: whether the server runs, and what it is doing.

import * as vscode from "vscode";

export type Condition = "starting" | "running" | "stopped" | "missing";

const TEXTS: Record<Condition, { text: string; detail: string; severity: vscode.LanguageStatusSeverity }> = {
  starting: { text: "fixbot", detail: "starting", severity: vscode.LanguageStatusSeverity.Information },
  running: { text: "fixbot", detail: "running", severity: vscode.LanguageStatusSeverity.Information },
  stopped: { text: "fixbot", detail: "stopped", severity: vscode.LanguageStatusSeverity.Warning },
  missing: { text: "fixbot", detail: "not found", severity: vscode.LanguageStatusSeverity.Error },
};

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("fixbot", { language: "python" });

  constructor() {
    this.item.name = "fixbot";
    this.item.command = { command: "fixbot.showLog", title: "Show the log" };
    this.show("starting");
  }

  show(condition: Condition, detail?: string): void {
    const { text, detail: usual, severity } = TEXTS[condition];
    this.item.text = text;
    this.item.detail = detail ?? usual;
    this.item.severity = severity;
    this.item.busy = condition === "starting";
  }

  dispose(): void {
    this.item.dispose();
  }
}
