// The menu behind the status item.

import * as vscode from "vscode";
import type { Parts } from "../commands/register";
import { engineName, sentence } from "./state";

interface Choice extends vscode.QuickPickItem {
  command?: string;
}

/** Effect: offers what can be done about the server and its completions, and does what is chosen. */
export async function showMenu({ status, pause }: Parts): Promise<void> {
  const { now } = status;
  const document = vscode.window.activeTextEditor?.document;
  const title = `fixbot: ${now.phase === "missing" ? "not installed" : `${now.phase}, engine: ${engineName(now)}`}`;
  const choice = await vscode.window.showQuickPick([...first(now.phase), ...pauses(pause, document), ...rest(sentence(now))], { title });
  if (choice?.command !== undefined) {
    await vscode.commands.executeCommand(choice.command);
  }
}

function first(phase: string): Choice[] {
  return phase === "missing" ? [{ label: "$(cloud-download) Install the server…", command: "fixbot.install" }] : [];
}

function pauses(pause: Parts["pause"], document: vscode.TextDocument | undefined): Choice[] {
  if (document === undefined) {
    return [];
  }
  const here = pause.here(document);
  const language = pause.language(document.languageId);
  return [
    { label: here ? "$(debug-start) Go on completing in this file" : "$(debug-pause) Pause completions in this file", command: "fixbot.pauseHere" },
    {
      label: language ? `$(debug-start) Go on completing ${document.languageId}` : `$(debug-pause) Pause completions for ${document.languageId}`,
      command: "fixbot.pauseLanguage",
    },
  ];
}

function rest(sent: string): Choice[] {
  return [
    { label: "$(bug) Solve an issue…", command: "fixbot.solve" },
    { label: "$(comment-discussion) Ask about this project…", command: "fixbot.ask" },
    { label: "Kept on this machine", kind: vscode.QuickPickItemKind.Separator },
    { label: "$(eye) Show what was sent to models", description: sent, command: "fixbot.showSent" },
    { label: "$(graph) Show statistics", command: "fixbot.stats" },
    { label: "$(output) Show the log", command: "fixbot.showLog" },
    { label: "The server", kind: vscode.QuickPickItemKind.Separator },
    { label: "$(debug-restart) Restart the server", command: "fixbot.restart" },
    { label: "$(cloud-download) Install or update the server…", command: "fixbot.install" },
    { label: "$(gear) Settings", command: "fixbot.settings" },
  ];
}
