// How the server can be installed here: by uv, by pipx, or into an environment of the extension's own. Knows no editor.

import * as path from "node:path";

/** Commands that are run in order, each [program, ...arguments]. */
export type Steps = readonly (readonly string[])[];

/** One way to install; where a step of an attempt fails, the next attempt is made. */
export interface Way {
  kind: "uv" | "pipx" | "private";
  title: string;
  detail: string;
  attempts: readonly Steps[];
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

/**
 * What is installed: a wheel, folder or requirement that the user named, else the wheel that the extension brings; undefined
 * where it brings none. Never a bare name: whoever took that name on a package index would be installed.
 */
export function requirement(from: string, brought: string | undefined): string | undefined {
  return from.trim() !== "" ? from.trim() : brought;
}

/** The ways that work here, best first; `storage` is a folder of the extension's own. */
export function ways(tools: Tools, what: string, storage: string, windows: boolean): Way[] {
  const found: Way[] = [];
  if (tools.uv !== undefined) {
    const command = [tools.uv, "tool", "install", "--force", "--python", ">=3.11", what];
    found.push({ kind: "uv", title: "uv tool install", detail: shown([command]), attempts: [[command]] });
  }
  if (tools.pipx !== undefined) {
    const command = [tools.pipx, "install", "--force", what];
    found.push({ kind: "pipx", title: "pipx install", detail: shown([command]), attempts: [[command]] });
  }
  if (tools.python !== undefined || tools.uv !== undefined) {
    found.push(privately(tools, what, storage, windows));
  }
  return found;
}

/** The way that is taken where somebody only says yes: the one that changes nothing else on the machine. */
export function simplest(found: readonly Way[]): Way | undefined {
  return found.find((way) => way.kind === "private") ?? found[0];
}

/** What to do where the extension was built without a server. */
export const BROUGHT_NONE = "This build of the extension brings no server. The setting fixbot.install.from names a wheel or a folder to install it from.";

/** What to do where nothing can install anything. */
export const NOTHING =
  "Neither uv, nor pipx, nor Python 3.11 or newer was found. Install uv (https://docs.astral.sh/uv) or Python, reload the window, " +
  "then run 'fixbot: Install the server' again.";

function privately(tools: Tools, what: string, storage: string, windows: boolean): Way {
  const folder = path.join(storage, "server");
  const python = path.join(folder, windows ? "Scripts\\python.exe" : "bin/python");
  const attempts: Steps[] = [];
  if (tools.uv !== undefined) {
    // Five times faster than pip; its own settings may lack an index or a proxy that pip has, so pip comes after it.
    attempts.push([
      [tools.uv, "venv", "--clear", "--python", tools.python ?? ">=3.11", folder],
      [tools.uv, "pip", "install", "--python", python, what],
    ]);
  }
  if (tools.python !== undefined) {
    // Compiling everything at once takes longer than all the rest: Python compiles what is used when it is used first.
    attempts.push([
      [tools.python, "-m", "venv", "--clear", folder],
      [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile", what],
    ]);
  }
  return { kind: "private", title: "An environment of the extension's own", detail: "in its storage folder; nothing else on this machine changes", attempts, folder };
}

function shown(commands: readonly (readonly string[])[]): string {
  return commands.map(([program = "", ...rest]) => [path.basename(program), ...rest].join(" ")).join(" && ");
}
