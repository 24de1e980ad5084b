// Which other language servers for Python are at work, so that ours lists nothing twice. Knows no editor.

/** What is installed and enabled (identifiers of extensions, lower case), and how to read a setting. */
export interface Neighbourhood {
  extensions: ReadonlySet<string>;
  setting: (name: string) => unknown;
}

interface Neighbour {
  name: string;
  extension: string;
  /** Whether the extension is there without completing anything. */
  silent?: (around: Neighbourhood) => boolean;
}

const PYTHON = "ms-python.python";
const PYLANCE = "ms-python.vscode-pylance";

const NEIGHBOURS: readonly Neighbour[] = [
  { name: "pylance", extension: PYLANCE, silent: (around) => !["pylance", "default"].includes(chosen(around)) },
  { name: "jedi", extension: PYTHON, silent: (around) => !jedi(around) },
  { name: "pyright", extension: "ms-pyright.pyright", silent: ({ setting }) => setting("pyright.disableLanguageServices") === true },
  { name: "basedpyright", extension: "detachhead.basedpyright", silent: ({ setting }) => setting("basedpyright.disableLanguageServices") === true },
  { name: "ty", extension: "astral-sh.ty", silent: ({ setting }) => setting("ty.disableLanguageServices") === true },
  { name: "pyrefly", extension: "meta.pyrefly", silent: ({ setting }) => setting("python.pyrefly.disableLanguageServices") === true },
  { name: "zuban", extension: "zubanls.zuban" },
  { name: "ruff", extension: "charliermarsh.ruff", silent: ({ setting }) => setting("ruff.enable") === false },
];

/** The names of the servers beside ours, sorted; `more` are those that the user named. */
export function neighbours(around: Neighbourhood, more: readonly string[] = []): string[] {
  const found = NEIGHBOURS.filter((each) => around.extensions.has(each.extension) && each.silent?.(around) !== true);
  return [...new Set([...found.map((each) => each.name), ...more.map((name) => name.trim().toLowerCase())])].filter((name) => name !== "").sort();
}

function chosen({ setting }: Neighbourhood): string {
  const value = setting("python.languageServer");
  return typeof value === "string" ? value.toLowerCase() : "default";
}

/** The Python extension brings jedi itself, and uses it where Pylance is not to be had. */
function jedi(around: Neighbourhood): boolean {
  return chosen(around) === "jedi" || (chosen(around) === "default" && !around.extensions.has(PYLANCE));
}
