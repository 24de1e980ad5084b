// What is packaged: one file that needs nothing but the editor, and a manifest that says what there is.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import * as path from "node:path";
import { test } from "node:test";

const HERE = path.resolve(__dirname, "..", "..");

interface Manifest {
  contributes: { configuration: { properties: Record<string, unknown> }; commands: { command: string }[] };
}

test("the bundle loads, and needs nothing but the editor and node", () => {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: HERE, stdio: ["ignore", "ignore", "inherit"] });
  const source = readFileSync(path.join(HERE, "out", "extension.js"), "utf-8");
  const needed = new Set([...source.matchAll(/\brequire\("([^"]+)"\)/g)].map((match) => match[1] ?? ""));
  const foreign = [...needed].filter((name) => name !== "vscode" && !builtinModules.includes(name.replace("node:", "")));
  assert.deepEqual(foreign, []);
});

test("every setting is documented in the README, and every command has code", () => {
  const manifest = JSON.parse(readFileSync(path.join(HERE, "package.json"), "utf-8")) as Manifest;
  const readme = readFileSync(path.join(HERE, "README.md"), "utf-8");
  const commands = readFileSync(path.join(HERE, "src", "commands", "register.ts"), "utf-8");
  for (const name of Object.keys(manifest.contributes.configuration.properties)) {
    assert.ok(readme.includes(`\`${name}\``), `${name} is not in the README`);
  }
  for (const { command } of manifest.contributes.commands) {
    assert.ok(commands.includes(`"${command}"`), `${command} has no code`);
  }
});
