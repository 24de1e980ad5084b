// The server's page of statistics, shown inside of the editor: a browser is not to be had on the other side of SSH, WSL or a container.

import { readFile } from "node:fs/promises";
import * as vscode from "vscode";

/** The editor's colours for the names that the page's own style has. */
const COLOURS = `<style>:root { color-scheme: inherit; --ink: var(--vscode-foreground); --ground: var(--vscode-editor-background);
--soft: var(--vscode-descriptionForeground); --line: var(--vscode-panel-border, var(--vscode-editorWidget-border)); --taken: var(--vscode-charts-blue); }
body { font-size: var(--vscode-font-size); }</style>`;

/** Effect: opens `file`, a page without scripts, in a view of its own. */
export async function showPage(title: string, file: vscode.Uri): Promise<void> {
  const html = await readFile(file.fsPath, "utf-8");
  const panel = vscode.window.createWebviewPanel("fixbot.page", `fixbot: ${title}`, vscode.ViewColumn.Active, { enableFindWidget: true, localResourceRoots: [] });
  panel.webview.html = html.replace("</head>", () => `${COLOURS}</head>`);
}
