// The server's life: found, started, started again, stopped.

import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn, State, TransportKind } from "vscode-languageclient/node";
import type { LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";
import { findFixbot } from "./find";
import { initializationOptions, SECTION, surroundings } from "./settings";
import type { Status } from "./status";

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private busy: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly status: Status,
  ) {}

  /** Starts the server, or ends the one that runs and starts another; calls wait for each other. */
  async restart(): Promise<void> {
    this.busy = this.busy.then(async () => {
      await this.end();
      await this.begin();
    });
    return this.busy;
  }

  async stop(): Promise<void> {
    this.busy = this.busy.then(() => this.end());
    return this.busy;
  }

  dispose(): void {
    void this.stop();
  }

  private async begin(): Promise<void> {
    const found = findFixbot(surroundings());
    if (found.kind === "missing") {
      this.status.show("missing");
      this.log.error(`no fixbot command at ${found.looked.join(", ") || "any absolute folder of PATH"}`);
      void explainMissing();
      return;
    }
    this.log.info(`starting ${found.command}`);
    this.status.show("starting");
    this.client = this.make(found.command);
    try {
      await this.client.start();
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
      this.status.show("stopped");
      void vscode.window.showErrorMessage(`fixbot: ${found.command} did not start; the log says why.`);
    }
  }

  private make(command: string): LanguageClient {
    const server: ServerOptions = { command, args: ["lsp"], transport: TransportKind.stdio };
    const options: LanguageClientOptions = {
      documentSelector: [
        { scheme: "file", language: "python" },
        { scheme: "untitled", language: "python" },
      ],
      initializationOptions: initializationOptions(),
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    };
    const client = new LanguageClient(SECTION, "fixbot", server, options);
    client.onDidChangeState(({ newState }) => {
      this.status.show(newState === State.Running ? "running" : newState === State.Starting ? "starting" : "stopped");
    });
    client.onNotification("fixbot/indexed", ({ files }: { files: number }) => {
      this.status.show("running", `${String(files)} files indexed`);
    });
    return client;
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop() === true) {
      await client.stop().catch((error: unknown) => {
        this.log.warn(`the server did not stop in order: ${String(error)}`);
      });
    }
  }
}

async function explainMissing(): Promise<void> {
  const copy = "Copy 'pip install fixbot'";
  const choose = "Set fixbot.path";
  const message =
    "fixbot: the command was not found, neither by the setting fixbot.path, nor in .venv, nor on PATH. " +
    "Install it with 'pip install fixbot', then run 'fixbot: Restart the server'.";
  const answer = await vscode.window.showErrorMessage(message, copy, choose);
  if (answer === copy) {
    await vscode.env.clipboard.writeText("pip install fixbot");
  } else if (answer === choose) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "fixbot.path");
  }
}
