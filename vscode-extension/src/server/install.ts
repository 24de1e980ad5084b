// Installs the server, when somebody asks for it: which way, with progress, to be cancelled, nothing half-made left behind.

import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import * as path from "node:path";
import * as vscode from "vscode";
import { SECTION, surroundings } from "../settings";
import { programs, type Surroundings } from "./find";
import { BROUGHT_NONE, NOTHING, requirement, simplest, type Steps, type Tools, type Way, ways } from "./plan";
import { type Outcome, output, run } from "./run";

const PYTHONS = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];
const NEW_ENOUGH = "import sys, venv, ensurepip; print(sys.version_info >= (3, 11))";

export class Installer {
  constructor(
    private readonly storage: string,
    private readonly extension: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The environments that were made here, for the finder. */
  get own(): readonly string[] {
    return [path.join(this.storage, "server")];
  }

  /** Effect: asks how, installs; whether there is a server now. Nothing happens without an answer. */
  async ask(): Promise<boolean> {
    return this.install(async (found, what) => {
      const items = found.map((way) => ({ label: way.title, detail: way.detail, way }));
      const title = `Install fixbot's server (${path.basename(what)})`;
      return (await vscode.window.showQuickPick(items, { title, placeHolder: "How? Nothing is installed without an answer" }))?.way;
    });
  }

  /** Effect: installs where nothing else on the machine changes, for somebody who said yes; whether there is a server now. */
  async simply(): Promise<boolean> {
    return this.install((found) => Promise.resolve(simplest(found)));
  }

  private async install(choose: (found: Way[], what: string) => Promise<Way | undefined>): Promise<boolean> {
    const what = requirement(vscode.workspace.getConfiguration(SECTION).get<string>("install.from", ""), await this.brought());
    if (what === undefined) {
      void vscode.window.showErrorMessage(`fixbot: ${BROUGHT_NONE}`);
      return false;
    }
    const where = surroundings(this.own);
    const found = ways(await toolsOf(where), what, this.storage, where.windows);
    if (found.length === 0) {
      void vscode.window.showErrorMessage(`fixbot: ${NOTHING}`);
      return false;
    }
    const chosen = await choose(found, what);
    return chosen !== undefined && this.carryOut(chosen);
  }

  /** The wheel that was packed with the extension; undefined where none was. */
  private async brought(): Promise<string | undefined> {
    const folder = path.join(this.extension, "server");
    const names = await readdir(folder).catch(() => []);
    const wheel = names.filter((name) => name.endsWith(".whl")).sort().at(-1);
    return wheel && path.join(folder, wheel);
  }

  private async carryOut(way: Way): Promise<boolean> {
    const options = { location: vscode.ProgressLocation.Notification, title: "fixbot: installing the server", cancellable: true };
    const outcome = await vscode.window.withProgress(options, async (progress, token) => {
      let last: Outcome = { kind: "failed", why: "nothing was tried" };
      for (const steps of way.attempts) {
        last = await this.attempt(steps, token, progress);
        if (last.kind !== "failed") {
          break;
        }
        this.log.warn(last.why);
      }
      if (last.kind !== "done") {
        await this.clear(way);
      }
      return last;
    });
    if (outcome.kind === "failed") {
      void this.explain(outcome.why);
    }
    return outcome.kind === "done";
  }

  /** Effect: runs the steps until one does not end well. */
  private async attempt(steps: Steps, token: vscode.CancellationToken, progress: vscode.Progress<{ message: string }>): Promise<Outcome> {
    const say = (line: string) => {
      this.log.info(line);
      progress.report({ message: line.slice(0, 100) });
    };
    let last: Outcome = { kind: "done" };
    for (const command of steps) {
      this.log.info(`running ${command.join(" ")}`);
      last = await run(command, say, token);
      if (last.kind !== "done") {
        break;
      }
    }
    return last;
  }

  private async clear({ folder }: Way): Promise<void> {
    if (folder !== undefined && existsSync(folder)) {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async explain(why: string): Promise<void> {
    const answer = await vscode.window.showErrorMessage(`fixbot: the server was not installed. ${why}`, "Show the log", "Try another way");
    if (answer === "Show the log") {
      this.log.show();
    } else if (answer !== undefined) {
      await vscode.commands.executeCommand("fixbot.install");
    }
  }
}

async function toolsOf(where: Surroundings): Promise<Tools> {
  const first = (name: string) => programs(name, where).find((file) => where.isProgram(file));
  const pythons = PYTHONS.map(first).filter((file) => file !== undefined);
  return { uv: first("uv"), pipx: first("pipx"), python: await newEnough(pythons) };
}

/** Effect: the first interpreter that is new enough and can make environments. */
async function newEnough(pythons: readonly string[]): Promise<string | undefined> {
  for (const python of new Set(pythons)) {
    if ((await output([python, "-I", "-c", NEW_ENOUGH])) === "True") {
      return python;
    }
  }
  return undefined;
}
