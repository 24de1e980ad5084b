// The page around what a webview shows: nothing from the network, one script and one style that are ours.

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { escape } from "./markdown";

/** The whole HTML of a view; `body` is HTML already, `script` names a file of `out/`. */
export function page(webview: vscode.Webview, extension: vscode.Uri, script: string, title: string, body: string): string {
  const nonce = randomBytes(16).toString("base64url");
  const address = (...parts: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(extension, ...parts)).toString();
  const rules = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${rules}">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<link rel="stylesheet" href="${escape(address("media", "view.css"))}">
</head>
<body>
${body}
<script nonce="${nonce}" src="${escape(address("out", script))}"></script>
</body>
</html>`;
}

/** What a webview may load: our own folders, nothing of the workspace. */
export function options(extension: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extension, "media"), vscode.Uri.joinPath(extension, "out")] };
}
