// The item in the status bar: which engine is in use, what the server is doing, what was sent. A click opens the menu.

import * as vscode from "vscode";
import type { Pause } from "../completions/pause";
import { BEFORE, brief, lines, type Phase, readState, type State } from "./state";

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("fixbot.status", vscode.StatusBarAlignment.Right, 100);
  private readonly listening: vscode.Disposable[];
  private state = BEFORE;
  private version: string | undefined;

  constructor(private readonly pause: Pause) {
    this.item.name = "fixbot";
    this.item.command = "fixbot.menu";
    const draw = () => {
      this.draw();
    };
    this.listening = [pause.onDidChange(draw), vscode.window.onDidChangeActiveTextEditor(draw)];
    this.draw();
    this.item.show();
  }

  get now(): State {
    return this.state;
  }

  /** Effect: shows what a message of the server tells. */
  hear(message: unknown): void {
    this.state = readState(message, this.state);
    this.draw();
  }

  /** Effect: shows what the extension itself knows of the server. */
  set(phase: Phase, detail = "", version?: string): void {
    this.state = { ...(phase === "starting" ? BEFORE : this.state), phase, detail };
    this.version = version ?? this.version;
    this.draw();
  }

  dispose(): void {
    vscode.Disposable.from(this.item, ...this.listening).dispose();
  }

  private draw(): void {
    const open = vscode.window.activeTextEditor?.document;
    const paused = open !== undefined && this.pause.holds(open);
    const said = lines(this.state, vscode.workspace.isTrusted, this.version);
    this.item.text = brief(this.state, paused);
    this.item.tooltip = [...said, "Click for more."].join("\n");
    this.item.accessibilityInformation = { label: `fixbot. ${said.join(" ")}`, role: "button" };
    const bad = this.state.phase === "missing" || this.state.phase === "stopped";
    this.item.backgroundColor = bad ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
  }
}
