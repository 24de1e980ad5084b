// Where the `fixbot` command is: the setting, the workspace's own environment, PATH, in that order. Knows no editor.

import * as path from "node:path";

/** What is known about the machine and the workspace; `isProgram` says whether a path is a file that can be run. */
export interface Surroundings {
  setting: string;
  folders: readonly string[];
  trusted: boolean;
  pathVariable: string;
  windows: boolean;
  isProgram: (file: string) => boolean;
}

export type Found = { kind: "found"; command: string } | { kind: "missing"; looked: string[] };

/**
 * Finds the command. In a workspace that is not trusted, nothing inside of its folders is started. The setting wins
 * even when it names nothing that can be run: silently starting another program than the one asked for helps nobody.
 */
export function findFixbot(where: Surroundings): Found {
  const places = where.setting !== "" ? fromSetting(where) : [...fromFolders(where), ...fromPath(where)];
  const command = places.find((file) => where.isProgram(file) && allowed(where, file));
  return command !== undefined ? { kind: "found", command } : { kind: "missing", looked: places };
}

function fromSetting(where: Surroundings): string[] {
  const first = where.folders[0] ?? "";
  const setting = where.setting.replaceAll("${workspaceFolder}", first);
  return [path.isAbsolute(setting) || first === "" ? setting : path.join(first, setting)];
}

function fromFolders(where: Surroundings): string[] {
  if (!where.trusted) {
    return [];
  }
  const inside = where.windows ? path.join("Scripts", "fixbot.exe") : path.join("bin", "fixbot");
  return where.folders.flatMap((folder) => [".venv", "venv"].map((name) => path.join(folder, name, inside)));
}

function fromPath(where: Surroundings): string[] {
  const folders = where.pathVariable.split(where.windows ? ";" : ":");
  return folders.filter((f) => path.isAbsolute(f)).map((f) => path.join(f, where.windows ? "fixbot.exe" : "fixbot"));
}

function allowed(where: Surroundings, file: string): boolean {
  const inside = (folder: string) => !path.relative(folder, file).startsWith("..");
  return where.trusted || !where.folders.some(inside);
}
