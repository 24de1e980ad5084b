// No server anywhere: it is said, nothing is installed by itself; installed on request, from a wheel without any index; a
// failing installation is explained and leaves nothing behind.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { must, QUIET, SCRATCH, VSIX_WHEEL, until, withEditor, writeSettings } from "../driver.mjs";
import { ledger } from "../projects.mjs";

const bin = path.join(SCRATCH, "bin");
mkdirSync(bin);
const python = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf-8" }).stdout.trim();
writeFileSync(path.join(bin, "python3"), `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
// Neither works: what they do not install, the interpreter's own pip does.
const tools = path.join(SCRATCH, "home", ".local", "bin");
mkdirSync(tools, { recursive: true });
for (const name of ["uv", "pipx"]) writeFileSync(path.join(tools, name), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
const wheel = path.join(SCRATCH, "fixbot-0.1.0-py3-none-any.whl");
must(spawnSync(python, [path.join(import.meta.dirname, "..", "fake_wheel.py"), wheel]).status === 0, "a wheel is made");

// Nothing on PATH but an interpreter and what its start needs.
const env = { PATH: `${bin}:/usr/bin:/bin`, FAKE_HEARD: path.join(SCRATCH, "heard") };
const settings = { "fixbot.path": undefined };

await withEditor({ workspace: ledger(), settings, env }, async (editor) => {
  await editor.open("ledger/readers.py");
  await editor.told("was not found", 90);
  await until("the status says so", async () => (await editor.status()).includes("not installed"), 30);
  await editor.shot("not-installed");
  const own = path.join(editor.server.data, "User", "globalStorage", "fixbot.fixbot", "server");

  await editor.command("Notifications: Clear All");
  await offered(editor, path.basename(VSIX_WHEEL));
  await editor.shot("install");
  await editor.press("Escape");
  await install(editor, path.join(SCRATCH, "missing.whl"));
  await editor.told("was not installed", 120);
  await editor.shot("install-failed");
  must(!existsSync(own), "nothing is left behind");
  await editor.command("Notifications: Clear All");

  await install(editor, wheel);
  await until("the server that was installed runs", async () => (await editor.status()).includes("coder-7b"), 180);
  must(existsSync(path.join(own, "bin", "fixbot")), "it is where the extension keeps it");
});

/** Installs `from` into an environment of the extension's own: by uv, which fails here, then by pip. */
async function install(editor, from) {
  writeSettings(editor.server.data, { ...QUIET, "fixbot.install.from": from });
  await offered(editor, path.basename(from));
  await editor.page.click(".quick-input-list .monaco-list-row:has-text('environment of the extension')");
}

/** Opens the list of ways to install until it is about `what`: a setting that was just written comes late. */
async function offered(editor, what) {
  await until(`installing ${what} is offered`, async () => {
    await editor.command("fixbot: Install or update");
    await until("every way is offered", async () => (await editor.choices()).length === 3, 30);
    const found = (await editor.texts(".quick-input-title")).some((title) => title.includes(what));
    if (!found) await editor.press("Escape");
    return found;
  });
}
