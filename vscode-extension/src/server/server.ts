// The server's life: found, started, asked, started again, stopped.

import * as vscode from "vscode";
import { type CancellationToken, type Disposable, ExecuteCommandRequest, State } from "vscode-languageclient/node";
import { Notices } from "../completions/notices";
import type { Pause } from "../completions/pause";
import { surroundings } from "../settings";
import type { Status } from "../status/item";
import { type FixbotClient, makeClient } from "./client";
import { findFixbot } from "./find";
import type { Installer } from "./install";
import { advice, compare } from "./versions";

/** There is no server, or it does not know what it was asked; the message says what to do. */
export class Unavailable extends Error {}

export class Server implements Disposable {
  private client: FixbotClient | undefined;
  private notices: Notices | undefined;
  private busy: Promise<void> = Promise.resolve();
  private advised = "";

  constructor(
    private readonly version: string,
    private readonly log: vscode.LogOutputChannel,
    private readonly status: Status,
    private readonly pause: Pause,
    private readonly installer: Installer,
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

  /** Carries out one of the server's commands, when a start under way has ended. Raises Unavailable when there is no server or it lacks the command. */
  async call(command: string, argument: object, token?: CancellationToken): Promise<unknown> {
    await this.busy;
    const client = this.client;
    if (client?.state !== State.Running) {
      throw new Unavailable("fixbot's server is not running. 'fixbot: Restart the server' starts it; the log says why it ended.");
    }
    if (!client.serves(command)) {
      const version = client.initializeResult?.serverInfo?.version ?? "of unknown version";
      throw new Unavailable(`The server that runs (${version}) does not offer ${command}. Update it: 'fixbot: Install or update the server'.`);
    }
    return client.sendRequest(ExecuteCommandRequest.type, { command, arguments: [argument] }, token);
  }

  dispose(): void {
    void this.stop();
  }

  private async begin(): Promise<void> {
    const found = findFixbot(surroundings(this.installer.own));
    if (found.kind === "missing") {
      this.status.set("missing");
      this.log.error(`no fixbot command at ${found.looked.join(", ") || "any absolute folder of PATH"}`);
      void offerInstall();
      return;
    }
    this.log.info(`starting ${found.command}`);
    this.status.set("starting");
    const client = this.make(found.command);
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
      this.status.set("stopped", `${found.command} did not start.`);
      void this.explain(`fixbot: ${found.command} did not start as a language server.`);
      return;
    }
    this.judge(client.initializeResult?.serverInfo?.version);
  }

  private make(command: string): FixbotClient {
    const client = makeClient(command, this.log, this.pause, () => this.notices);
    this.notices = new Notices((method, message) => {
      if (client.state === State.Running) {
        void client.sendNotification(method, message);
      }
    });
    client.onDidChangeState(({ newState }) => {
      if (client === this.client) {
        this.follow(client, newState);
      }
    });
    client.onNotification("fixbot/status", (message: unknown) => {
      this.status.hear(message);
    });
    for (const what of ["indexed", "learnt"]) {
      client.onNotification(`fixbot/${what}`, ({ files }: { files: number }) => {
        this.status.set("ready", `${String(files)} files ${what}.`);
      });
    }
    return client;
  }

  private follow(client: FixbotClient, state: State): void {
    if (state === State.Running) {
      this.status.set("ready", "", client.initializeResult?.serverInfo?.version);
    } else if (state === State.Starting) {
      this.status.set("starting");
    } else {
      this.status.set("stopped", "'fixbot: Restart the server' starts it again.");
    }
  }

  /** Effect: tells once a pair of versions when server and extension do not fit. */
  private judge(version: string | undefined): void {
    const match = compare(version, this.version);
    const text = advice(match, version ?? "", this.version);
    if (text === "" || text === this.advised) {
      return;
    }
    this.advised = text;
    this.log.warn(text);
    void this.explain(text, match === "older" ? "Update the server" : undefined);
  }

  private async explain(message: string, offer?: string): Promise<void> {
    const answer = await vscode.window.showWarningMessage(message, ...(offer === undefined ? [] : [offer]), "Show the log");
    if (answer === "Show the log") {
      this.log.show();
    } else if (answer !== undefined) {
      await vscode.commands.executeCommand("fixbot.install");
    }
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.notices?.dispose();
    this.notices = undefined;
    if (client?.needsStop() === true) {
      await client.stop().catch((error: unknown) => {
        this.log.warn(`the server did not stop in order: ${String(error)}`);
      });
    }
  }
}

async function offerInstall(): Promise<void> {
  const [install, other, choose] = ["Install", "Other ways…", "Set fixbot.path"];
  const message =
    "fixbot: its server was not found: not in .venv, on PATH, nor where uv and pipx install. 'Install' puts it into a folder of the " +
    "extension's own; what it needs comes from your Python package index.";
  const answer = await vscode.window.showWarningMessage(message, install, other, choose);
  if (answer === install) {
    await vscode.commands.executeCommand("fixbot.install", { simply: true });
  } else if (answer === other) {
    await vscode.commands.executeCommand("fixbot.install");
  } else if (answer === choose) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "fixbot.path");
  }
}
