// Opens a place that an answer cites, if it is a file of the workspace.

import * as path from "node:path";
import * as vscode from "vscode";

/** Effect: shows `line` (counted from 1) of a file given relative to a workspace folder; says so when there is none. */
export async function openPlace(cited: string, line: number): Promise<void> {
  const uri = await inWorkspace(cited);
  if (uri === undefined) {
    void vscode.window.showInformationMessage(`fixbot: there is no ${cited} in this workspace.`);
    return;
  }
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at), viewColumn: vscode.ViewColumn.One });
}

/** Effect: the file that `cited` names in one of the workspace's folders; undefined when none has it. */
export async function inWorkspace(cited: string): Promise<vscode.Uri | undefined> {
  const normal = path.posix.normalize(cited);
  if (normal.startsWith("..") || path.posix.isAbsolute(normal)) {
    return undefined;
  }
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const uri = vscode.Uri.joinPath(folder.uri, normal);
    try {
      await vscode.workspace.fs.stat(uri);
      return uri;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
