// Where the `fixbot` command is: the setting, the workspace's own environment, PATH, then where tools install it. Knows no editor.

import * as path from "node:path";

/** What is known about the machine and the workspace; `isProgram` says whether a path is a file that can be run. */
export interface Surroundings {
  setting: string;
  folders: readonly string[];
  trusted: boolean;
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
  /** The environments that the extension installed itself, the newest first. */
  own: readonly string[];
  windows: boolean;
  isProgram: (file: string) => boolean;
}

export type Found = { kind: "found"; command: string } | { kind: "missing"; looked: string[] };

/**
 * Finds the command. In a workspace that is not trusted, nothing inside of its folders is started. The setting wins
 * even when it names nothing that can be run: silently starting another program than the one asked for helps nobody.
 */
export function findFixbot(where: Surroundings): Found {
  const places = where.setting !== "" ? fromSetting(where) : unique(anywhere(where));
  const command = places.find((file) => where.isProgram(file) && allowed(where, file));
  return command !== undefined ? { kind: "found", command } : { kind: "missing", looked: places };
}

/** Every place where a program called `name` may be, outside of the workspace: PATH, then tools' folders. */
export function programs(name: string, where: Surroundings): string[] {
  const file = where.windows ? `${name}.exe` : name;
  return unique([...pathFolders(where), ...toolFolders(where)].map((folder) => path.join(folder, file)));
}

function anywhere(where: Surroundings): string[] {
  return [...fromFolders(where), ...where.own.map((folder) => inside(folder, where)), ...programs("fixbot", where), ...fromTools(where)];
}

function fromSetting(where: Surroundings): string[] {
  const first = where.folders[0] ?? "";
  const home = where.setting.startsWith("~/") ? path.join(where.home, where.setting.slice(2)) : where.setting;
  const setting = home.replaceAll("${workspaceFolder}", first);
  return [path.isAbsolute(setting) || first === "" ? setting : path.join(first, setting)];
}

function fromFolders(where: Surroundings): string[] {
  if (!where.trusted) {
    return [];
  }
  return where.folders.flatMap((folder) => [".venv", "venv"].map((name) => inside(path.join(folder, name), where)));
}

/** The environments in which `uv tool` and pipx keep a tool, for when their folder of commands is elsewhere. */
function fromTools({ environment, home, windows, ...rest }: Surroundings): string[] {
  const data = environment.XDG_DATA_HOME ?? path.join(home, ".local", "share");
  const roaming = environment.APPDATA;
  const pipx = environment.PIPX_HOME;
  const folders = [
    environment.UV_TOOL_DIR,
    path.join(data, "uv", "tools"),
    windows && roaming ? path.join(roaming, "uv", "tools") : undefined,
    pipx && path.join(pipx, "venvs"),
    path.join(data, "pipx", "venvs"),
    path.join(home, ".local", "pipx", "venvs"),
    windows ? path.join(home, "pipx", "venvs") : undefined,
  ];
  const where = { environment, home, windows, ...rest };
  return absolute(folders).map((folder) => inside(path.join(folder, "fixbot"), where));
}

/** The folders in which `uv tool` and pipx put commands. */
function toolFolders({ environment, home }: Surroundings): string[] {
  return absolute([environment.UV_TOOL_BIN_DIR, environment.XDG_BIN_HOME, environment.PIPX_BIN_DIR, path.join(home, ".local", "bin")]);
}

function pathFolders({ environment, windows }: Surroundings): string[] {
  return absolute((environment.PATH ?? environment.Path ?? "").split(windows ? ";" : ":"));
}

function inside(environment: string, { windows }: Pick<Surroundings, "windows">): string {
  return path.join(environment, windows ? path.join("Scripts", "fixbot.exe") : path.join("bin", "fixbot"));
}

function absolute(folders: readonly (string | undefined)[]): string[] {
  return folders.filter((folder) => folder !== undefined && path.isAbsolute(folder)) as string[];
}

function unique(places: string[]): string[] {
  return [...new Set(places)];
}

function allowed(where: Surroundings, file: string): boolean {
  const holds = (folder: string) => !path.relative(folder, file).startsWith("..");
  return where.trusted || !where.folders.some(holds);
}
