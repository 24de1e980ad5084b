// Drives VS Code in a headless browser: code-server with our .vsix, a workspace of its own, and what a user sees and types.

import { spawn, spawnSync } from "node:child_process";
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import path from "node:path";

const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: tools/test_editors.sh sets it`);
  return value;
};
const EDITORS = need("FIXBOT_EDITORS");
const ENTRY = path.join(EDITORS, "node_modules", "code-server", "out", "node", "entry.js");
const { chromium } = createRequire(path.join(EDITORS, "package.json"))("playwright-core");

export const SCRATCH = need("FIXBOT_EDITORS_SCRATCH");
export const PICTURES = need("FIXBOT_EDITORS_PICTURES");
export const FIXBOT = need("FIXBOT_EDITORS_COMMAND");
export const VSIX = need("FIXBOT_EDITORS_VSIX");
export const EXAMPLES = need("FIXBOT_EDITORS_EXAMPLES");
/** The wheel that the extension brings. */
export const VSIX_WHEEL = readdirSync(path.join(path.dirname(VSIX), "server")).find((name) => name.endsWith(".whl"));

const FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --force-color-profile=srgb";
export const QUIET = {
  "workbench.startupEditor": "none",
  "chat.disableAIFeatures": true,
  "editor.inlineSuggest.enabled": true,
  "editor.cursorBlinking": "solid",
  "workbench.colorTheme": "Default Light Modern",
  "window.commandCenter": false,
  "telemetry.telemetryLevel": "off",
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
  "editor.minimap.enabled": false,
  "workbench.layoutControl.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "files.autoSave": "off",
};

/** A copy of a bundled project, as a git repository of its own. */
export function project(name, change = () => undefined) {
  const folder = path.join(SCRATCH, "projects", name);
  cpSync(path.join(EXAMPLES, "cases", name), folder, { recursive: true });
  change(folder);
  for (const args of [["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a"]]) {
    spawnSync("git", args, { cwd: folder });
  }
  return folder;
}

/** Asserts, with the words of a user. */
export function must(truth, words) {
  if (!truth) throw new Error(`not so: ${words}`);
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until `look` gives something truthy, and returns it. */
export async function until(words, look, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain until ${words}`);
    await pause(100);
  }
}

/**
 * Runs `work(editor)` in an editor that was just installed; options: `workspace`, `settings` (the user's), `trust` (ask
 * for trust as VS Code does), `extensions` (further .vsix or folders), `install` (false: without ours), `env`.
 */
export async function withEditor(options, work) {
  const server = await serve(options);
  let browser;
  try {
    browser = await chromium.launchPersistentContext(path.join(SCRATCH, "browser"), {
      executablePath: "/usr/bin/chromium",
      headless: true,
      args: FLAGS.split(" "),
      viewport: options.size ?? { width: 1200, height: 760 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const page = browser.pages()[0] ?? (await browser.newPage());
    const editor = new Editor(page, server, options.workspace);
    try {
      return await work(editor);
    } catch (error) {
      await editor.shot("failed").catch(() => undefined);
      editor.dump();
      throw error;
    }
  } finally {
    await browser?.close().catch(() => undefined);
    server.stop();
  }
}

async function serve({ workspace, settings = {}, trust = false, extensions = [], install = true, env = {} }) {
  const [data, installed] = [path.join(SCRATCH, "data"), path.join(SCRATCH, "extensions")];
  const chosen = { "fixbot.path": FIXBOT, ...QUIET, ...settings };
  for (const name of Object.keys(chosen)) if (chosen[name] === undefined) delete chosen[name];
  writeSettings(data, chosen);
  const folders = ["--user-data-dir", data, "--extensions-dir", installed];
  // fixbot reads variables of its own name as settings.
  const outside = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("FIXBOT_")));
  const environment = { ...outside, HOME: path.join(SCRATCH, "home"), FIXBOT_HOME: path.join(SCRATCH, "fixbot"), ...env };
  mkdirSync(environment.HOME, { recursive: true });
  const began = Date.now();
  for (const vsix of [...(install ? [VSIX] : []), ...extensions]) {
    const done = spawnSync(process.execPath, [ENTRY, ...folders, "--install-extension", vsix], { env: environment, encoding: "utf-8" });
    must(done.status === 0, `${vsix} installs: ${done.stderr}`);
  }
  const port = await freePort();
  const log = openSync(path.join(SCRATCH, "server.log"), "a");
  const args = ["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry", "--disable-update-check", ...(trust ? [] : ["--disable-workspace-trust"])];
  const child = spawn(process.execPath, [ENTRY, ...args, ...folders, workspace], { env: environment, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const address = `http://127.0.0.1:${port}`;
  await until("code-server answers", () => fetch(`${address}/healthz`).then((r) => r.ok, () => false));
  const stop = () => {
    try {
      process.kill(-child.pid, "SIGTERM");
    } catch {
      // It has ended by itself.
    }
  };
  return { address, host: `127.0.0.1:${port}`, data, began, stop };
}

/** Settings as the user and, for ours, as the machine has them: VS Code takes paths of programs from the latter only where it is remote. */
export function writeSettings(data, chosen) {
  const ours = Object.fromEntries(Object.entries(chosen).filter(([name]) => name.startsWith("fixbot.")));
  for (const [folder, settings] of [["User", chosen], ["Machine", ours]]) {
    mkdirSync(path.join(data, folder), { recursive: true });
    writeFileSync(path.join(data, folder, "settings.json"), JSON.stringify(settings, null, 2));
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** What a user can see and do. */
export class Editor {
  constructor(page, server, workspace) {
    Object.assign(this, { page, server, workspace });
  }

  /** Opens the workspace with one file in it. */
  async open(file) {
    const uri = file && `vscode-remote://${this.server.host}${path.join(this.workspace, file)}`;
    const payload = uri ? `&payload=${encodeURIComponent(JSON.stringify([["openFile", uri]]))}` : "";
    await this.page.goto(`${this.server.address}/?folder=${this.workspace}${payload}`, { waitUntil: "domcontentloaded", timeout: 180000 });
    await this.page.waitForSelector(file ? ".monaco-editor .view-lines" : ".monaco-workbench", { timeout: 180000 });
  }

  async shot(name, clip) {
    mkdirSync(PICTURES, { recursive: true });
    await pause(400); // what fades in or out has done so
    await this.page.screenshot({ path: path.join(PICTURES, `${name}.png`), ...(clip ? { clip } : {}) });
  }

  /** Runs a command of the palette by its title. */
  async command(title) {
    const wanted = async () => (await this.choices()).some((entry) => entry.toLowerCase().includes(title.toLowerCase()));
    // An open palette does not take in the commands of an extension that is read after it was opened.
    await until(`the palette shows ${title}`, async () => {
      await this.press("Escape");
      await this.box("F1");
      await this.page.keyboard.type(title, { delay: 5 });
      return until("the command is listed", wanted, 4).catch(() => false);
    }, 60);
    // Clicked, not chosen by arrows: the list may still be sorted anew.
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
  }

  /** Opens the box at the top by its key: one that comes while a view is being closed goes nowhere. */
  async box(key) {
    const input = this.page.locator(".quick-input-widget input").first();
    await until(`${key} opens the box at the top`, async () => {
      await this.press(key);
      return input.waitFor({ state: "visible", timeout: 5000 }).then(() => true, () => false);
    });
  }

  /** Writes into the box at the top whose title is given. */
  async answer(title, text) {
    await until(`the box "${title}" is open`, async () => (await this.texts(".quick-input-title")).includes(title), 60);
    await this.type(text, 5);
    await this.press("Enter");
  }

  /** The entries of the list that is open at the top. */
  async choices() {
    return this.texts(".quick-input-list .monaco-list-row");
  }

  /** Goes to a file of the workspace, as with Ctrl+P. */
  async go(file) {
    await this.box("Control+p");
    await this.type(file, 5);
    const name = path.basename(file);
    await until(`${file} is found`, async () => (await this.choices())[0]?.includes(name), 30);
    await this.press("Enter");
    await until(`${file} is open`, async () => (await this.texts(".tab.active")).some((tab) => tab.includes(name)), 30);
  }

  async goto(line, column = 1) {
    await this.box("Control+g");
    await this.page.keyboard.type(`:${line}:${column}`.replace(/^:/, ""), { delay: 5 });
    await until("the box says where it leads", async () => (await this.choices()).some((entry) => entry.includes(`line ${line} at`)), 20);
    await this.press("Enter");
    await until("the cursor is there", async () => (await this.statusBar()).includes(`Ln ${line}, Col ${column}`), 20);
  }

  async type(text, delay = 40) {
    await this.page.keyboard.type(text, { delay });
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async texts(selector) {
    const found = await this.page.$$eval(selector, (elements) => elements.filter((each) => each.getClientRects().length > 0).map((each) => each.textContent ?? ""));
    return found.map((text) => text.replaceAll("\u00a0", " ").replaceAll("\u200c", ""));
  }

  /** The grey text, empty when there is none. */
  async ghost() {
    return (await this.texts(".ghost-text-decoration, .ghost-text-decoration-preview, .ghost-text, .suggest-preview-text")).join("");
  }

  /** Types until grey text that `fits` stands behind it; what was typed before the server was up is answered by the next key. */
  async typeForGhost(text, fits, seconds = 120) {
    await this.type(text);
    await until(`grey text stands after ${text}`, async () => {
      for (let i = 0; i < 30; i += 1) {
        const shown = await this.ghost();
        if (shown !== "" && fits(shown)) return true;
        await pause(100);
      }
      await this.press("Escape", "Backspace");
      await this.type(text.slice(-1));
      return false;
    }, seconds);
  }

  async suggestions() {
    return this.texts(".suggest-widget.visible .monaco-list-row .label-name");
  }

  async notifications() {
    return this.texts(".notification-list-item-message, .notification-list-item");
  }

  /** Waits for a message that holds `text`, opening the list of messages where it is not on the screen any more. */
  async told(text, seconds = 60) {
    const seen = async () => (await this.notifications()).some((each) => each.includes(text));
    await until(`it is told: ${text}`, async () => {
      for (let i = 0; i < 20; i += 1) {
        if (await seen()) return true;
        await pause(100);
      }
      await this.command("Notifications: Show Notifications");
      await pause(300);
      return seen();
    }, seconds);
  }

  async statusBar() {
    return (await this.texts(".statusbar-item")).join(" | ");
  }

  async status() {
    return (await this.texts("[id='fixbot.fixbot.fixbot.status']")).join(" ");
  }

  /** Squiggles: how many there are of a kind (error, warning, info). */
  async squiggles(kind) {
    return (await this.page.$$(`.cdr.squiggly-${kind}, .squiggly-${kind}`)).length;
  }

  /** The line of the cursor as it is drawn, without grey text. */
  async line() {
    const number = /Ln (\d+)/.exec(await this.statusBar())?.[1];
    const numbers = await this.page.$$eval(".editor-instance .line-numbers", (rows) => rows.map((row) => [parseFloat(row.parentElement.style.top), row.textContent]));
    const top = numbers.find(([, text]) => text === number)?.[0];
    const drawn = await this.page.$$eval(".editor-instance .view-lines > .view-line", (rows) => rows.map((row) => [parseFloat(row.style.top), [...row.querySelectorAll("span span")].filter((s) => !/ghost/.test(s.className)).map((s) => s.textContent).join("")]));
    return (drawn.find(([at]) => at === top)?.[1] ?? "").replaceAll("\u00a0", " ");
  }

  /** The lines of the document as they are drawn. */
  async lines() {
    return this.page.$$eval(".editor-instance .view-line", (rows) =>
      rows
        .map((row) => [parseFloat(row.style.top), (row.textContent ?? "").replaceAll("\u00a0", " ")])
        .sort((a, b) => a[0] - b[0])
        .map(([, text]) => text),
    );
  }

  async save() {
    await this.page.keyboard.press("Control+s");
  }

  /** A file of the workspace as it is on disk. */
  disk(file) {
    return readFileSync(path.join(this.workspace, file), "utf-8");
  }

  /** The frame of a webview that shows `selector`. */
  async webview(selector, seconds = 30) {
    return until(`a webview shows ${selector}`, async () => {
      for (const frame of this.page.frames()) {
        if (await frame.$(selector).catch(() => null)) return frame;
      }
      return undefined;
    }, seconds);
  }

  /** Waits until the server runs, as the status bar tells. */
  async ready(seconds = 60) {
    await until("the status bar says that fixbot is ready", async () => /fixbot: (?!stopped|not installed)/.test(await this.status()) && !(await this.busy()), seconds);
  }

  async busy() {
    return (await this.page.$$("[id='fixbot.fixbot.fixbot.status'] .codicon-modifier-spin")).length > 0;
  }

  /** What the extension and the server wrote into their log. */
  log() {
    return logs(path.join(this.server.data, "logs")).map((file) => readFileSync(file, "utf-8")).join("\n");
  }

  dump() {
    process.stderr.write(`--- the extension's log\n${this.log().slice(-6000)}\n`);
  }
}

function logs(folder) {
  if (!existsSync(folder)) return [];
  const below = readdirSync(folder, { recursive: true, withFileTypes: true });
  return below.filter((each) => each.isFile() && /^(\d+-)?fixbot.*\.log$/.test(each.name)).map((each) => path.join(each.parentPath, each.name));
}
