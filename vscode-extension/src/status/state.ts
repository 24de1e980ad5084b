// What the server says of itself, read from what it sends, and how that is put into words. Knows no editor.

export type Phase = "starting" | "indexing" | "learning" | "ready" | "searching" | "stopped" | "missing";

/** The server's state: which engine answers, what was sent to a model, and in how many requests and tokens. */
export interface State {
  phase: Phase;
  engine: "built-in" | "model";
  model: string | undefined;
  detail: string;
  trusted: boolean | undefined;
  sent: { requests: number; tokens: number; last: string | undefined };
}

export const BEFORE: State = {
  phase: "starting",
  engine: "built-in",
  model: undefined,
  detail: "",
  trusted: undefined,
  sent: { requests: 0, tokens: 0, last: undefined },
};

const PHASES: readonly string[] = ["starting", "indexing", "learning", "ready", "searching", "stopped", "missing"];

/** The state that a `fixbot/status` message tells; what it lacks or gets wrong stays as `before`. */
export function readState(message: unknown, before: State): State {
  const told = fields(message);
  const sent = fields(told.sent);
  return {
    phase: typeof told.state === "string" && PHASES.includes(told.state) ? (told.state as Phase) : before.phase,
    engine: told.engine === "model" ? "model" : told.engine === "built-in" ? "built-in" : before.engine,
    model: told.model === null ? undefined : (text(told.model) ?? before.model),
    detail: text(told.detail) ?? "",
    trusted: typeof told.trusted === "boolean" ? told.trusted : before.trusted,
    sent: {
      requests: count(sent.requests) ?? before.sent.requests,
      tokens: count(sent.tokens) ?? before.sent.tokens,
      last: text(sent.last) ?? before.sent.last,
    },
  };
}

const ICONS: Record<Phase, string> = {
  starting: "$(loading~spin)",
  indexing: "$(loading~spin)",
  learning: "$(loading~spin)",
  searching: "$(search)",
  ready: "$(sparkle)",
  stopped: "$(error)",
  missing: "$(warning)",
};

/** The few words of the status bar; `paused` where completions rest for the document that is open. */
export function brief(state: State, paused: boolean): string {
  if (state.phase === "missing" || state.phase === "stopped") {
    return `${ICONS[state.phase]} fixbot: ${state.phase === "missing" ? "not installed" : "stopped"}`;
  }
  return `${paused ? "$(debug-pause)" : ICONS[state.phase]} fixbot: ${paused ? "paused" : engineName(state)}`;
}

/** The lines of the tooltip, as plain text. */
export function lines(state: State, trusted: boolean, version: string | undefined): string[] {
  const said = [
    state.phase === "missing" ? "The server is not installed." : `Server${version ? ` ${version}` : ""}: ${state.phase}.`,
    state.detail,
    `Engine: ${engineName(state)}${state.engine === "model" ? "" : " (no model)"}.`,
    sentence(state),
    trusted && state.trusted !== false ? "" : "This workspace is not trusted: nothing of it is run, and nothing is sent.",
  ];
  return said.filter((line) => line !== "");
}

/** What has left this machine, in a sentence. */
export function sentence({ sent }: State): string {
  if (sent.requests === 0) {
    return "Nothing was sent to a model.";
  }
  const last = sent.last === undefined ? "" : `, last at ${sent.last}`;
  return `Sent to a model: ${String(sent.requests)} requests, ${String(sent.tokens)} tokens${last}.`;
}

export function engineName(state: State): string {
  return state.engine === "model" ? (state.model ?? "model") : "built-in";
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
