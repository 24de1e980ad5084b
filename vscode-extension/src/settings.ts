// The settings under `fixbot.`: those that the extension reads, and those that go to the server.

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { type Neighbourhood, neighbours } from "./server/beside";
import type { Surroundings } from "./server/find";

export const SECTION = "fixbot";

/** Settings that only a new server process can take over. */
export const NEEDS_RESTART = ["fixbot.path", "fixbot.beside", "python.languageServer"];

/** Settings of the extension alone, which the server does not know. */
const OURS = new Set(["path", "install", "languages", "beside", "trace"]);

/** What the finder looks at; `own` are the environments that the extension made. */
export function surroundings(own: readonly string[]): Surroundings {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    setting: vscode.workspace.getConfiguration(SECTION).get<string>("path", "").trim(),
    folders: folders.filter((f) => f.uri.scheme === "file").map((f) => f.uri.fsPath),
    trusted: vscode.workspace.isTrusted,
    environment: process.env,
    home: homedir(),
    own,
    windows: process.platform === "win32",
    isProgram,
  };
}

/** Settings of the section `fixbot` without those that only the extension reads, and who else is there. */
export function forServer(settings: unknown): Record<string, unknown> {
  const given = typeof settings === "object" && settings !== null ? Object.entries(settings) : [];
  return { ...Object.fromEntries(given.filter(([name]) => !OURS.has(name))), beside: beside() };
}

/** What the server gets with its first message: its settings, and whether the workspace is trusted. */
export function initializationOptions(): Record<string, unknown> {
  const settings = JSON.parse(JSON.stringify(vscode.workspace.getConfiguration(SECTION))) as unknown;
  return { ...forServer(settings), workspaceTrusted: vscode.workspace.isTrusted };
}

/** The other servers for Python that are installed here, and those that the user named. */
export function beside(): string[] {
  const around: Neighbourhood = {
    extensions: new Set(vscode.extensions.all.map((extension) => extension.id.toLowerCase())),
    setting: (name) => vscode.workspace.getConfiguration().get(name),
  };
  return neighbours(around, vscode.workspace.getConfiguration(SECTION).get<string[]>("beside", []));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
