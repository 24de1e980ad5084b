import assert from "node:assert/strict";
import { test } from "node:test";
import { findFixbot, type Surroundings } from "../src/server/find";

function around(programs: string[], more: Partial<Surroundings> = {}): Surroundings {
  return {
    setting: "",
    folders: ["/srv"],
    trusted: true,
    environment: { PATH: "/usr/bin:/opt/bin" },
    home: "/home/ann",
    own: ["/storage/server"],
    windows: false,
    isProgram: (file) => programs.includes(file),
    ...more,
  };
}

const VENV = "/srv/.venv/bin/fixbot";
const ON_PATH = "/opt/bin/fixbot";

test("the workspace's own environment comes before PATH", () => {
  assert.deepEqual(findFixbot(around([VENV, ON_PATH])), { kind: "found", command: VENV });
});

test("PATH is searched in order", () => {
  assert.deepEqual(findFixbot(around([ON_PATH])), { kind: "found", command: ON_PATH });
});

test("the setting wins, and is not replaced by anything else when it is wrong", () => {
  const setting = "/else/fixbot";
  assert.deepEqual(findFixbot(around([setting, VENV], { setting })), { kind: "found", command: setting });
  assert.deepEqual(findFixbot(around([VENV], { setting })), { kind: "missing", looked: [setting] });
});

test("a relative setting is one of the workspace folder", () => {
  for (const setting of [".venv/bin/fixbot", "${workspaceFolder}/.venv/bin/fixbot"]) {
    assert.deepEqual(findFixbot(around([VENV], { setting })), { kind: "found", command: VENV });
  }
});

test("nothing inside of a workspace that is not trusted is started", () => {
  const untrusted = { trusted: false, environment: { PATH: "/srv/bin:/opt/bin" } };
  assert.deepEqual(findFixbot(around([VENV, "/srv/bin/fixbot", ON_PATH], untrusted)), {
    kind: "found",
    command: ON_PATH,
  });
  const missing = findFixbot(around([VENV], { trusted: false, setting: VENV }));
  assert.equal(missing.kind, "missing");
});

test("relative folders on PATH are passed over", () => {
  const found = findFixbot(around(["fixbot", "./fixbot"], { environment: { PATH: ".::bin" } }));
  assert.ok(found.kind === "missing" && found.looked.every((file) => file.startsWith("/")));
});

test("what the extension installed comes before PATH, what uv and pipx installed is found without PATH", () => {
  const own = "/storage/server/bin/fixbot";
  assert.deepEqual(findFixbot(around([own, ON_PATH])), { kind: "found", command: own });
  const elsewhere: [string, Record<string, string>][] = [
    ["/home/ann/.local/bin/fixbot", {}],
    ["/home/ann/.local/share/uv/tools/fixbot/bin/fixbot", {}],
    ["/home/ann/.local/share/pipx/venvs/fixbot/bin/fixbot", {}],
    ["/tools/fixbot/bin/fixbot", { UV_TOOL_DIR: "/tools" }],
    ["/bins/fixbot", { PIPX_BIN_DIR: "/bins" }],
    ["/data/uv/tools/fixbot/bin/fixbot", { XDG_DATA_HOME: "/data" }],
  ];
  for (const [place, environment] of elsewhere) {
    assert.deepEqual(findFixbot(around([place], { environment })), { kind: "found", command: place });
  }
});

test("a setting below the home folder may be written with ~", () => {
  const command = "/home/ann/env/bin/fixbot";
  assert.deepEqual(findFixbot(around([command], { setting: "~/env/bin/fixbot" })), { kind: "found", command });
});
