// The composition root: what is made when VS Code activates the extension, and what makes the server start again.

import * as vscode from "vscode";
import { registerCommands } from "./commands";
import { makeLog } from "./logger";
import { Server } from "./server";
import { NEEDS_RESTART } from "./settings";
import { Status } from "./status";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = makeLog();
  const status = new Status();
  const running = new Server(log, status);
  server = running;
  context.subscriptions.push(
    log,
    status,
    ...registerCommands(running, log),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (NEEDS_RESTART.some((name) => event.affectsConfiguration(name))) {
        void running.restart();
      }
    }),
  );
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
