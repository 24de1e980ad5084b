// The language client: which documents, which settings, what is done to completions on their way, whose commands are whose.

import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn, TransportKind } from "vscode-languageclient/node";
import type { DynamicFeature, LanguageClientOptions, Middleware, StaticFeature } from "vscode-languageclient/node";
import type { Notices } from "../completions/notices";
import type { Pause } from "../completions/pause";
import { SELECTOR } from "../languages";
import { forServer, initializationOptions, SECTION } from "../settings";

const COMMANDS = "workspace/executeCommand";

/**
 * The client that also counts which commands the server has. Names that begin with `fixbot.` are the extension's own in
 * the editor (a second registration would fail); all others are registered as the server wishes.
 */
export class FixbotClient extends LanguageClient {
  /** Undefined until the features are made: the base class's constructor makes them. */
  private served: Set<string> | undefined;

  /** Whether the server said that it carries out `command`. */
  serves(command: string): boolean {
    return this.served?.has(command) === true;
  }

  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    if ("registrationType" in feature && feature.registrationType.method === COMMANDS) {
      this.keepOurs(feature as DynamicFeature<{ commands: string[] }>);
    }
    super.registerFeature(feature);
  }

  private keepOurs(feature: DynamicFeature<{ commands: string[] }>): void {
    const register = feature.register.bind(feature);
    feature.register = (data) => {
      const commands = data.registerOptions.commands;
      this.served = new Set([...(this.served ?? []), ...commands]);
      const foreign = commands.filter((name) => !name.startsWith(`${SECTION}.`));
      register({ ...data, registerOptions: { ...data.registerOptions, commands: foreign } });
    };
  }
}

/** A client for the server that `command` starts; it is not started yet. */
export function makeClient(command: string, log: vscode.LogOutputChannel, pause: Pause, notices: () => Notices | undefined): FixbotClient {
  const options: LanguageClientOptions = {
    documentSelector: SELECTOR,
    initializationOptions: initializationOptions(),
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    middleware: middleware(pause, notices),
    markdown: { isTrusted: false, supportHtml: false },
  };
  const client = new FixbotClient(SECTION, "fixbot", { command, args: ["lsp"], transport: TransportKind.stdio }, options);
  client.registerFeature({
    fillClientCapabilities: (capabilities) => {
      const before = capabilities.experimental as object | undefined;
      capabilities.experimental = { ...before, fixbotStatus: true };
    },
    initialize: () => undefined,
    getState: () => ({ kind: "static" }),
    clear: () => undefined,
  });
  return client;
}

function middleware(pause: Pause, notices: () => Notices | undefined): Middleware {
  return {
    provideCompletionItem: (document, position, context, token, next) =>
      pause.holds(document) ? [] : next(document, position, context, token),
    provideInlineCompletionItems: async (document, position, context, token, next) => {
      if (pause.holds(document)) {
        return [];
      }
      const given = await next(document, position, context, token);
      if (given && !token.isCancellationRequested) {
        notices()?.given(document, position, Array.isArray(given) ? given : given.items);
      }
      return given;
    },
    workspace: {
      configuration: async (params, token, next) => {
        const answer = await next(params, token);
        return Array.isArray(answer) ? answer.map((each, i) => (params.items[i]?.section === SECTION ? forServer(each) : (each as unknown))) : answer;
      },
      // Without sections the server asks by itself, and gets the answer above, which leaves out what is not its own.
      didChangeConfiguration: (_sections, next) => next(undefined),
    },
  };
}
