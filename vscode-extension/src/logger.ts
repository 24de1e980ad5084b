// The one log of the extension: the output channel "fixbot", which the server's messages go to as well.

import * as vscode from "vscode";

export function makeLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel("fixbot", { log: true });
}
