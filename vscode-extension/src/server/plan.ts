// How the server can be installed here: by uv, by pipx, or into an environment of the extension's own. Knows no editor.

import * as path from "node:path";

/** One way to install; `commands` are run in order, each [program, ...arguments]. */
export interface Way {
  kind: "uv" | "pipx" | "private";
  title: string;
  detail: string;
  commands: readonly (readonly string[])[];
  /** The environment that is made, to be taken away again when a step fails; only of the private way. */
  folder?: string;
}

/** What was found on this machine: paths of programs, undefined where there are none. */
export interface Tools {
  uv: string | undefined;
  pipx: string | undefined;
  /** An interpreter of Python 3.11 or newer. */
  python: string | undefined;
}

/** What is installed: a wheel or folder that the user named, else the release of the extension's version. */
export function requirement(from: string, version: string): string {
  return from.trim() !== "" ? from.trim() : `fixbot==${version}`;
}

/** The ways that work here, best first; `storage` is a folder of the extension's own. */
export function ways(tools: Tools, what: string, storage: string, windows: boolean): Way[] {
  const found: Way[] = [];
  if (tools.uv !== undefined) {
    const command = [tools.uv, "tool", "install", "--force", "--python", ">=3.11", what];
    found.push({ kind: "uv", title: "uv tool install", detail: shown([command]), commands: [command] });
  }
  if (tools.pipx !== undefined) {
    const command = [tools.pipx, "install", "--force", what];
    found.push({ kind: "pipx", title: "pipx install", detail: shown([command]), commands: [command] });
  }
  if (tools.python !== undefined || tools.uv !== undefined) {
    found.push(privately(tools, what, storage, windows));
  }
  return found;
}

/** What to do where nothing can install anything. */
export const NOTHING =
  "Neither uv, nor pipx, nor Python 3.11 or newer was found. Install uv (https://docs.astral.sh/uv) or Python, reload the window, " +
  "then run 'fixbot: Install the server' again.";

function privately(tools: Tools, what: string, storage: string, windows: boolean): Way {
  const folder = path.join(storage, "server");
  const python = path.join(folder, windows ? "Scripts\\python.exe" : "bin/python");
  const commands =
    tools.python !== undefined
      ? [
          [tools.python, "-m", "venv", "--clear", folder],
          [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", what],
        ]
      : [
          [tools.uv ?? "uv", "venv", "--clear", "--python", ">=3.11", folder],
          [tools.uv ?? "uv", "pip", "install", "--python", python, what],
        ];
  return { kind: "private", title: "An environment of the extension's own", detail: "in its storage folder; nothing else on this machine changes", commands, folder };
}

function shown(commands: readonly (readonly string[])[]): string {
  return commands.map(([program = "", ...rest]) => [path.basename(program), ...rest].join(" ")).join(" && ");
}
