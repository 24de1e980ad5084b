// What the server's commands answer, read with care, and a run's report in words. Knows no editor.

import { type FilePatch, readPatch } from "./patch";

/** A change that was verified, as `fixbot.showFix` answers it; texts are whole files. */
export interface ShownFix {
  title: string;
  evidence: string;
  files: { uri: string; before: string; after: string }[];
}

/** A run, as `fixbot.solve` answers it: `body` is markdown, `files` what its patch changes. */
export interface RunReport {
  title: string;
  run: string;
  status: string;
  body: string;
  files: FilePatch[];
}

export function readFix(answer: unknown): ShownFix | undefined {
  const { title, evidence, files } = fields(answer);
  const each = (Array.isArray(files) ? files : []).map(fields);
  const whole = each.filter(({ uri, before, after }) => [uri, before, after].every((text) => typeof text === "string"));
  if (typeof title !== "string" || whole.length === 0 || whole.length !== each.length) {
    return undefined;
  }
  return { title, evidence: text(evidence), files: whole as ShownFix["files"] };
}

/** The first line, counted from 0, in which two texts differ. */
export function firstChange(before: string, after: string): number {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  const at = fresh.findIndex((line, i) => line !== old[i]);
  return at < 0 ? Math.max(0, fresh.length - 1) : at;
}

/** The markdown of an answer: `{markdown}`, or the text itself; undefined when there is none. */
export function readMarkdown(answer: unknown): string | undefined {
  const told = typeof answer === "string" ? answer : fields(answer).markdown;
  return typeof told === "string" && told.trim() !== "" ? told : undefined;
}

/** The report of a run, whether it came as markdown or as the document of `fixbot solve --json`. */
export function readReport(answer: unknown): RunReport {
  const { run, status, title, report } = fields(answer);
  const document = fields(report);
  const patch = typeof report === "string" ? patchIn(report) : text(document.patch);
  const state = text(status) || text(document.status) || "unknown";
  return {
    title: text(title) || "Report",
    run: text(run) || text(document.run),
    status: state,
    body: typeof report === "string" ? untitled(report, text(title)) : inWords(document, state),
    files: readPatch(patch),
  };
}

/** A report without its heading, where that says what its view is called anyway. */
function untitled(markdown: string, title: string): string {
  const [first = "", ...rest] = markdown.split("\n");
  return title !== "" && first === `# ${title}` ? rest.join("\n").trimStart() : markdown;
}

const WORDS: Record<string, string> = { plausible: "verified", unverified: "not verified", none: "no patch", "needs-info": "a question", budget: "out of time", error: "failed" };

/** A run's status as people say it. */
export function inBrief(status: string): string {
  return WORDS[status] ?? status;
}

const MEANINGS: Record<string, string> = {
  plausible: "A patch was found and verified: what is listed below was checked. Whether it is what you meant, you judge.",
  unverified: "A patch was found, but it could **not** be verified.",
  none: "No patch was found that passes.",
  "needs-info": "The issue does not say enough to check a patch against.",
  budget: "The time was spent before anything was verified.",
  error: "The run failed.",
};

function inWords(report: Record<string, unknown>, status: string): string {
  const { oracle, failed_before, passed_after, regressions, tests_run } = fields(report.verification);
  const error = fields(report.error);
  const facts: [string, string][] = [
    ["checked against", text(oracle)],
    ["failed before", names(failed_before)],
    ["pass now", names(passed_after)],
    ["newly fail", names(regressions)],
    ["tests run", shown(tests_run)],
    ["found by", text(report.source)],
    ["ran in", text(report.sandbox)],
    ["candidates tried", shown(report.trials)],
    ["seconds", shown(report.seconds)],
  ];
  const table = facts.filter(([, value]) => value !== "").map(([name, value]) => `| ${name} | ${value} |`);
  return [
    MEANINGS[status] ?? "",
    [text(error.message), text(error.hint)].filter((each) => each !== "").join(". "),
    table.length > 0 ? ["| | |", "|---|---|", ...table].join("\n") : "",
    text(report.patch) === "" ? suspects(report.localisation) : `\`\`\`diff\n${text(report.patch)}\n\`\`\``,
    ...list(report.warnings).map((warning) => `- ${text(warning)}`),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function suspects(localisation: unknown): string {
  const rows = list(localisation).slice(0, 10).map(fields);
  const lines = rows.map(({ path, line, symbol, why }) => `- ${text(path)}:${shown(line)} ${text(symbol)} (${list(why).map(text).join(", ")})`);
  return lines.length > 0 ? `Suspects:\n\n${lines.join("\n")}` : "";
}

/** The patch that a markdown report holds in its fences. */
function patchIn(markdown: string): string {
  return [...markdown.matchAll(/^(`{3,})diff\n([\s\S]*?)^\1\s*$/gm)].map((match) => match[2] ?? "").join("\n");
}

function names(value: unknown): string {
  return list(value)
    .map((each) => `\`${text(each)}\``)
    .join(", ");
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(Math.round(value * 10) / 10) : "";
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
