// The commands of the palette.

import * as vscode from "vscode";
import type { Server } from "./server";

export function registerCommands(server: Server, log: vscode.LogOutputChannel): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand("fixbot.restart", () => server.restart()),
    vscode.commands.registerCommand("fixbot.showLog", () => {
      log.show();
    }),
  ];
}
