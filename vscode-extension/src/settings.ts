// The settings under `fixbot.` as the extension needs them; the server reads its own ones itself.

import { accessSync, constants, statSync } from "node:fs";
import * as vscode from "vscode";
import type { Surroundings } from "./find";

export const SECTION = "fixbot";

/** Settings that only a new server process can take over. */
export const NEEDS_RESTART = ["fixbot.path"];

export function surroundings(): Surroundings {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    setting: vscode.workspace.getConfiguration(SECTION).get<string>("path", "").trim(),
    folders: folders.filter((f) => f.uri.scheme === "file").map((f) => f.uri.fsPath),
    trusted: vscode.workspace.isTrusted,
    pathVariable: process.env.PATH ?? "",
    windows: process.platform === "win32",
    isProgram,
  };
}

/** What the server gets with its first message: all settings of ours, and whether the workspace is trusted. */
export function initializationOptions(): Record<string, unknown> {
  const { completion, inlineCompletion, diagnostics, background } = vscode.workspace.getConfiguration(SECTION);
  return {
    completion: completion as unknown,
    inlineCompletion: inlineCompletion as unknown,
    diagnostics: diagnostics as unknown,
    background: background as unknown,
    workspaceTrusted: vscode.workspace.isTrusted,
  };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
