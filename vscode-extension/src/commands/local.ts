// What is kept on this machine: the log of what was sent to models, and the statistics. Nothing of it leaves.

import * as vscode from "vscode";
import { Unavailable } from "../server/server";
import { sentence } from "../status/state";
import { readMarkdown } from "../views/result";
import { showPage } from "../views/statistics";
import { asObject, type Parts } from "./register";

/** Effect: opens the log of what was sent; without one, says what the server told. */
export async function showSent(parts: Parts): Promise<void> {
  try {
    await open("What was sent", await parts.server.call("fixbot.showSent", {}), parts);
  } catch (error) {
    if (!(error instanceof Unavailable)) {
      throw error;
    }
    void vscode.window.showInformationMessage(`fixbot: ${sentence(parts.status.now)} This server keeps no log of it that can be opened.`);
  }
}

/** Effect: opens the statistics of suggestions. */
export async function showStatistics(parts: Parts): Promise<void> {
  await open("Statistics", await parts.server.call("fixbot.stats", {}), parts);
}

/** Effect: opens what an answer holds: a page or file by its address, or markdown. The server may have opened it itself. */
async function open(title: string, answer: unknown, parts: Parts): Promise<void> {
  const { uri, path } = asObject(answer);
  if (typeof uri === "string" || typeof path === "string") {
    const target = typeof uri === "string" ? vscode.Uri.parse(uri) : vscode.Uri.file(path as string);
    await (target.path.endsWith(".html") ? showPage(title, target) : vscode.window.showTextDocument(target));
    return;
  }
  const body = readMarkdown(answer);
  if (body !== undefined) {
    parts.reports.show({ title, run: "", status: "", body, files: [] });
  }
}
