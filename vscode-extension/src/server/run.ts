// Runs one program to its end, with its output going to a log; can be cancelled, and takes its children with it.

import { spawn } from "node:child_process";

export type Outcome = { kind: "done" } | { kind: "cancelled" } | { kind: "failed"; why: string };

/** Where a run is told to stop. */
export interface Stop {
  readonly isCancellationRequested: boolean;
  onCancellationRequested: (listener: () => void) => { dispose: () => unknown };
}

/** uv trusts whom the system trusts, as pip does: a proxy may have an authority of its own (the second is the older name). */
const CERTIFICATES = { UV_SYSTEM_CERTS: "true", UV_NATIVE_TLS: "true" };

/** Effect: runs `command`, each line that it prints going to `say`. Never throws: what went wrong is in the outcome. */
export async function run(command: readonly string[], say: (line: string) => void, stop: Stop): Promise<Outcome> {
  const [program = "", ...rest] = command;
  if (stop.isCancellationRequested) {
    return { kind: "cancelled" };
  }
  const grouped = process.platform !== "win32";
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"], detached: grouped, env: { ...CERTIFICATES, ...process.env } });
  let last = "";
  const hear = (chunk: Buffer) => {
    for (const line of chunk.toString("utf-8").split(/\r?\n/).filter((each) => each.trim() !== "")) {
      last = line.trim();
      say(last);
    }
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const listening = stop.onCancellationRequested(() => {
    end(child.pid, grouped);
  });
  try {
    return await new Promise<Outcome>((resolve) => {
      child.on("error", (error) => {
        resolve({ kind: "failed", why: `${program} cannot be run: ${error.message}` });
      });
      child.on("close", (code, signal) => {
        resolve(stop.isCancellationRequested ? { kind: "cancelled" } : outcome(program, code, signal, last));
      });
    });
  } finally {
    listening.dispose();
  }
}

/** Effect: what `command` prints on stdout, undefined when it fails or takes longer than `milliseconds`. */
export async function output(command: readonly string[], milliseconds = 5000): Promise<string | undefined> {
  const [program = "", ...rest] = command;
  return new Promise((resolve) => {
    let text = "";
    const child = spawn(program, rest, { stdio: ["ignore", "pipe", "ignore"], timeout: milliseconds });
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf-8")));
    child.on("error", () => {
      resolve(undefined);
    });
    child.on("close", (code) => {
      resolve(code === 0 ? text.trim() : undefined);
    });
  });
}

function outcome(program: string, code: number | null, signal: string | null, last: string): Outcome {
  if (code === 0) {
    return { kind: "done" };
  }
  return { kind: "failed", why: `${program} ended with ${signal ?? String(code)}${last === "" ? "" : `: ${last}`}` };
}

function end(pid: number | undefined, grouped: boolean): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(grouped ? -pid : pid, "SIGTERM");
  } catch {
    // It has ended by itself meanwhile.
  }
}
