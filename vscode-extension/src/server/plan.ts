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

/** Fails where pip was told of an index, a proxy or the like, by files or by variables. */
const PIP_IS_PLAIN =
  "import re, subprocess, sys; told = subprocess.run([sys.executable, '-m', 'pip', 'config', 'list'], capture_output=True, text=True).stdout; " +
  "re.search('(?m)^.*(index|find-links|proxy|cert|trusted-host).*=', told) and sys.exit('pip has settings that uv does not read, so pip installs')";

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
  const [python, uv] = (windows ? ["Scripts\\python.exe", "Scripts\\uv.exe"] : ["bin/python", "bin/uv"]).map((name) => path.join(folder, name)) as [string, string];
  const install = (program: string): string[] => [program, "pip", "install", "--python", python, what];
  const pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"];
  const attempts: Steps[] = [];
  if (tools.uv !== undefined) {
    attempts.push([[tools.uv, "venv", "--clear", "--python", tools.python ?? ">=3.11", folder], install(tools.uv)]);
  }
  if (tools.python !== undefined) {
    // uv is several times faster than pip, but does not read pip's settings: where there are any, pip itself does it. It need not
    // compile everything: Python compiles what is used when it is used first.
    attempts.push([[tools.python, "-m", "venv", "--clear", folder], [python, "-c", PIP_IS_PLAIN], [...pip, "--quiet", "uv"], install(uv)]);
    attempts.push([[...pip, "--no-compile", what]]);
  }
  return { kind: "private", title: "An environment of the extension's own", detail: "in its storage folder; nothing else on this machine changes", attempts, folder };
}

function shown(commands: readonly (readonly string[])[]): string {
  return commands.map(([program = "", ...rest]) => [path.basename(program), ...rest].join(" ")).join(" && ");
}
