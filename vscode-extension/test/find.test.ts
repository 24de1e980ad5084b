import assert from "node:assert/strict";
import { test } from "node:test";
import { findFixbot, type Surroundings } from "../src/find";

function around(programs: string[], more: Partial<Surroundings> = {}): Surroundings {
  return {
    setting: "",
    folders: ["/srv"],
    trusted: true,
    pathVariable: "/usr/bin:/opt/bin",
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
  const untrusted = { trusted: false, pathVariable: "/srv/bin:/opt/bin" };
  assert.deepEqual(findFixbot(around([VENV, "/srv/bin/fixbot", ON_PATH], untrusted)), {
    kind: "found",
    command: ON_PATH,
  });
  const missing = findFixbot(around([VENV], { trusted: false, setting: VENV }));
  assert.equal(missing.kind, "missing");
});

test("relative folders on PATH are passed over", () => {
  assert.deepEqual(findFixbot(around(["fixbot", "./fixbot"], { pathVariable: ".::bin" })), {
    kind: "missing",
    looked: ["/srv/.venv/bin/fixbot", "/srv/venv/bin/fixbot"],
  });
});
