// The composition root: what is made when VS Code activates the extension, and what makes the server start again.

import * as vscode from "vscode";
import { registerCommands } from "./commands/register";
import { Pause } from "./completions/pause";
import { makeLog } from "./logger";
import { Installer } from "./server/install";
import { Server } from "./server/server";
import { beside, NEEDS_RESTART } from "./settings";
import { Status } from "./status/item";
import { AskView } from "./views/ask";
import { Diffs } from "./views/diffs";
import { Reports } from "./views/report";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const began = performance.now();
  const version = (context.extension.packageJSON as { version: string }).version;
  const log = makeLog();
  const pause = new Pause();
  const status = new Status(pause);
  const installer = new Installer(context.globalStorageUri.fsPath, context.extensionPath, log);
  const running = new Server(version, log, status, pause, installer);
  server = running;
  const diffs = new Diffs();
  const view = new AskView(context.extensionUri, (question) => void vscode.commands.executeCommand("fixbot.ask", { question }));
  const reports = new Reports(context.extensionUri, diffs);
  context.subscriptions.push(
    ...[log, status, pause, diffs, running],
    vscode.window.registerWebviewViewProvider(AskView.id, view),
    ...registerCommands({ server: running, log, status, pause, installer, view, reports, diffs }),
    ...restarts(running),
  );
  void running.restart();
  log.info(`activated in ${(performance.now() - began).toFixed(0)} ms`);
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** What only a new server process takes over. */
function restarts(running: Server): vscode.Disposable[] {
  let neighbours = beside().join();
  return [
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (NEEDS_RESTART.some((name) => event.affectsConfiguration(name))) {
        void running.restart();
      }
    }),
    vscode.extensions.onDidChange(() => {
      const now = beside().join();
      if (now !== neighbours) {
        neighbours = now;
        void running.restart();
      }
    }),
  ];
}
