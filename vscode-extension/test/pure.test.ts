// What the extension works out without an editor: versions, neighbours, ways to install, states, partial acceptance.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accepted, typedAlong } from "../src/completions/partly";
import { type Neighbourhood, neighbours } from "../src/server/beside";
import { requirement, simplest, ways } from "../src/server/plan";
import { output, run } from "../src/server/run";
import { advice, compare } from "../src/server/versions";
import { BEFORE, brief, lines, readState } from "../src/status/state";

const NEVER = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };

test("a server fits when the first two numbers are equal", () => {
  assert.equal(compare("0.1.7", "0.1.0"), "same");
  assert.equal(compare("0.1.0", "0.2.0"), "older");
  assert.equal(compare("1.0.0", "0.9.3"), "newer");
  assert.equal(compare(undefined, "0.1.0"), "unknown");
  assert.equal(compare("nightly", "0.1.0"), "unknown");
  assert.equal(advice("same", "0.1.0", "0.1.0"), "");
  assert.match(advice("older", "0.1.0", "0.2.0"), /Update the server/);
});

function around(extensions: string[], settings: Record<string, unknown> = {}): Neighbourhood {
  return { extensions: new Set(extensions), setting: (name) => settings[name] };
}

test("other servers for Python are known by their extensions, unless they are switched off", () => {
  assert.deepEqual(neighbours(around([])), []);
  assert.deepEqual(neighbours(around(["ms-python.python", "ms-python.vscode-pylance"])), ["pylance"]);
  assert.deepEqual(neighbours(around(["ms-python.python"])), ["jedi"]);
  assert.deepEqual(neighbours(around(["ms-python.python"], { "python.languageServer": "None" })), []);
  const both = ["ms-python.python", "ms-python.vscode-pylance", "ms-pyright.pyright"];
  assert.deepEqual(neighbours(around(both, { "python.languageServer": "Jedi" })), ["jedi", "pyright"]);
  assert.deepEqual(neighbours(around(["astral-sh.ty"], { "ty.disableLanguageServices": true })), []);
  assert.deepEqual(neighbours(around(["meta.pyrefly"]), [" PyLSP ", ""]), ["pylsp", "pyrefly"]);
});

test("each way to install names what it runs, and only ways that work here are offered", () => {
  const all = ways({ uv: "/u/uv", pipx: "/u/pipx", python: "/u/python3" }, "/w/fixbot-1.2.0.whl", "/store", false);
  assert.deepEqual(all.map((way) => way.kind), ["uv", "pipx", "private"]);
  assert.match(all[0]?.detail ?? "", /^uv tool install .*fixbot-1\.2\.0\.whl$/);
  const last = all[2]?.attempts.map((steps) => steps.at(-1)?.[0]);
  assert.deepEqual(last, ["/u/uv", "/store/server/bin/uv", "/store/server/bin/python"], "uv, else an own one, else pip");
  assert.equal(simplest(all)?.kind, "private");
  assert.equal(simplest(all.slice(0, 2))?.kind, "uv");
  assert.deepEqual(ways({ uv: undefined, pipx: undefined, python: undefined }, "fixbot", "/store", false), []);
  assert.deepEqual(ways({ uv: "/u/uv", pipx: undefined, python: undefined }, "x", "/store", false).length, 2);
  assert.equal(requirement(" /wheels/fixbot.whl ", "/own/fixbot.whl"), "/wheels/fixbot.whl");
  assert.equal(requirement("", "/own/fixbot.whl"), "/own/fixbot.whl");
  assert.equal(requirement(" ", undefined), undefined, "never a bare name from an index");
});

test("a program that fails says why, one that is cancelled is ended with its children, none throws", async () => {
  const heard: string[] = [];
  const failing = await run(["sh", "-c", "echo one; echo two >&2; exit 3"], (line) => heard.push(line), NEVER);
  assert.ok(failing.kind === "failed" && failing.why.includes("3"));
  assert.deepEqual(heard.sort(), ["one", "two"]);
  assert.equal((await run(["/no/such/program"], () => undefined, NEVER)).kind, "failed");
  assert.equal((await run(["true"], () => undefined, NEVER)).kind, "done");
  let stop: () => void = () => undefined;
  const token = { isCancellationRequested: false, onCancellationRequested: (listener: () => void) => ((stop = listener), { dispose: () => undefined }) };
  const running = run(["sh", "-c", "sleep 60 & wait"], () => undefined, token);
  token.isCancellationRequested = true;
  stop();
  assert.equal((await running).kind, "cancelled");
  assert.equal(await output(["sh", "-c", "echo yes"]), "yes");
  assert.equal(await output(["false"]), undefined);
});

test("a status message is read with care, and told in a few words", () => {
  const told = { state: "ready", engine: "model", model: "coder", detail: "", trusted: true, sent: { requests: 2, tokens: 300, last: "12:00" } };
  const state = readState(told, BEFORE);
  assert.equal(brief(state, false), "$(sparkle) fixbot: coder");
  assert.equal(brief(state, true), "$(debug-pause) fixbot: paused");
  assert.ok(lines(state, true, "0.1.0").some((line) => line.includes("2 requests, 300 tokens, last at 12:00")));
  assert.ok(lines(state, false, undefined).some((line) => line.includes("not trusted")));
  for (const garbage of [null, 3, [], { state: "??", sent: { requests: -1, tokens: "many" } }]) {
    assert.deepEqual(readState(garbage, state), state);
  }
  assert.match(brief({ ...state, phase: "missing" }, false), /not installed/);
});

test("a word of a suggestion is told from typing, and from edits that are none of it", () => {
  const shown = { offset: 10, typed: "re", text: "return total" };
  assert.equal(accepted(shown, { offset: 12, removed: 0, text: "turn " }), 7);
  assert.equal(accepted(shown, { offset: 10, removed: 2, text: "return" }), 6);
  assert.equal(accepted(shown, { offset: 12, removed: 0, text: "turn total" }), 12);
  assert.equal(accepted(shown, { offset: 12, removed: 0, text: "t" }), undefined);
  assert.equal(accepted(shown, { offset: 12, removed: 0, text: "d the book" }), undefined);
  assert.equal(accepted(shown, { offset: 90, removed: 0, text: "turn " }), undefined);
  assert.deepEqual(typedAlong(shown, { offset: 12, removed: 0, text: "t" }), { ...shown, typed: "ret" });
  assert.equal(typedAlong(shown, { offset: 12, removed: 0, text: "x" }), undefined);
});
