// All commands, by the names that package.json and the server use.

import * as vscode from "vscode";
import type { Pause } from "../completions/pause";
import type { Installer } from "../server/install";
import { type Server, Unavailable } from "../server/server";
import type { Status } from "../status/item";
import { showMenu } from "../status/menu";
import type { AskView } from "../views/ask";
import type { Diffs } from "../views/diffs";
import type { Reports } from "../views/report";
import { ask, explain } from "./ask";
import { fixAll, runTest, showFix } from "./fix";
import { showSent, showStatistics } from "./local";
import { solve } from "./solve";

/** What commands work with. */
export interface Parts {
  server: Server;
  log: vscode.LogOutputChannel;
  status: Status;
  pause: Pause;
  installer: Installer;
  view: AskView;
  reports: Reports;
  diffs: Diffs;
}

export function registerCommands(parts: Parts): vscode.Disposable[] {
  const { server, log, pause } = parts;
  const commands: Record<string, (argument: unknown) => unknown> = {
    "fixbot.solve": (argument) => solve(parts, argument),
    "fixbot.ask": (argument) => ask(parts, argument),
    "fixbot.explain": (argument) => explain(parts, argument),
    "fixbot.fixAll": (argument) => fixAll(parts, argument),
    "fixbot.showFix": (argument) => showFix(parts, argument),
    "fixbot.runTest": (argument) => runTest(parts, argument),
    "fixbot.showSent": () => showSent(parts),
    "fixbot.stats": () => showStatistics(parts),
    "fixbot.status": () => showMenu(parts),
    "fixbot.menu": () => showMenu(parts),
    "fixbot.accepted": (argument) => server.call("fixbot.accepted", asObject(argument)),
    "fixbot.restart": () => server.restart(),
    "fixbot.install": async (argument) => {
      if (await (asObject(argument).simply === true ? parts.installer.simply() : parts.installer.ask())) {
        await server.restart();
      }
    },
    "fixbot.pauseHere": () => onOpenDocument((document) => {
      pause.toggleHere(document);
    }),
    "fixbot.pauseLanguage": () => onOpenDocument((document) => pause.toggleLanguage(document.languageId)),
    "fixbot.showLog": () => {
      log.show();
    },
    "fixbot.settings": () => vscode.commands.executeCommand("workbench.action.openSettings", "@ext:fixbot.fixbot"),
    "fixbot.walkthrough": () => vscode.commands.executeCommand("workbench.action.openWalkthrough", "fixbot.fixbot#start", false),
  };
  // Called by the editor after each accepted suggestion: nobody wants a message when that cannot be counted.
  const quiet = new Set(["fixbot.accepted"]);
  return Object.entries(commands).map(([name, work]) =>
    vscode.commands.registerCommand(name, (argument: unknown) => guarded(work, argument, log, quiet.has(name))),
  );
}

/** Effect: carries out a command; what goes wrong is told in a message, never as an unhandled error. */
async function guarded(work: (argument: unknown) => unknown, argument: unknown, log: vscode.LogOutputChannel, quiet: boolean): Promise<void> {
  try {
    await work(argument);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log.warn(message);
    if (!quiet && !(error instanceof vscode.CancellationError)) {
      const offers = error instanceof Unavailable ? ["Show the log", "Install or update…"] : ["Show the log"];
      void vscode.window.showErrorMessage(message.startsWith("fixbot") ? message : `fixbot: ${message}`, ...offers).then(async (answer) => {
        if (answer === "Show the log") {
          log.show();
        } else if (answer !== undefined) {
          await vscode.commands.executeCommand("fixbot.install");
        }
      });
    }
  }
}

async function onOpenDocument(work: (document: vscode.TextDocument) => unknown): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) {
    throw new Error("Open a file first.");
  }
  await work(document);
}

/** The one object that a command gets; anything else is taken for none. */
export function asObject(argument: unknown): Record<string, unknown> {
  return typeof argument === "object" && argument !== null && !(argument instanceof vscode.Uri) ? (argument as Record<string, unknown>) : {};
}
