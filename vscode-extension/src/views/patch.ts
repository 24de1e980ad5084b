// A unified diff read and applied to the text that it was made for, strictly: what does not fit exactly is refused. Knows no editor.

interface Hunk {
  /** The line, counted from 0, at which the hunk begins in the old text. */
  start: number;
  before: string[];
  after: string[];
  /** The sign of the line read last. */
  sign: string;
}

/** What a patch does to one file; `path` is relative to the project and POSIX. */
export interface FilePatch {
  path: string;
  hunks: Hunk[];
}

/** The files of a patch that changes existing ones; files that are made or deleted are left out. */
export function readPatch(patch: string): FilePatch[] {
  const files: FilePatch[] = [];
  let left: [number, number] = [0, 0];
  let old = "";
  for (const row of patch.split("\n")) {
    const hunk = files.at(-1)?.hunks.at(-1);
    if (hunk && (left[0] > 0 || left[1] > 0 || row.startsWith("\\"))) {
      left = take(hunk, row, left);
    } else if (row.startsWith("--- ")) {
      old = nameOf(row.slice(4));
    } else if (row.startsWith("+++ ") && old !== "" && nameOf(row.slice(4)) !== "") {
      files.push({ path: nameOf(row.slice(4)), hunks: [] });
    } else if (row.startsWith("@@")) {
      left = begin(files.at(-1), row);
    }
  }
  return files.filter((file) => file.hunks.length > 0);
}

/** `text` after the patch of its file; undefined when any line of it is not what the patch says. */
export function applyPatch(text: string, { hunks }: FilePatch): string | undefined {
  const rows = text.split(/(?<=\n)/);
  const out: string[] = [];
  let at = 0;
  for (const { start, before, after } of hunks) {
    const found = rows.slice(start, start + before.length);
    if (start < at || found.length !== before.length || found.some((row, i) => row !== before[i])) {
      return undefined;
    }
    out.push(...rows.slice(at, start), ...after);
    at = start + before.length;
  }
  return [...out, ...rows.slice(at)].join("");
}

function begin(file: FilePatch | undefined, row: string): [number, number] {
  const match = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(row);
  if (!match || !file) {
    return [0, 0];
  }
  const removed = Number(match[2] ?? 1);
  // A hunk that removes nothing names the line before it.
  file.hunks.push({ start: Number(match[1]) - (removed === 0 ? 0 : 1), before: [], after: [], sign: " " });
  return [removed, Number(match[3] ?? 1)];
}

function take(hunk: Hunk, row: string, [old, fresh]: [number, number]): [number, number] {
  if (row.startsWith("\\")) {
    cut(hunk);
    return [old, fresh];
  }
  const line = `${row.slice(1)}\n`;
  hunk.sign = row.charAt(0);
  for (const side of sides(hunk)) {
    side.push(line);
  }
  return [old - (hunk.sign === "+" ? 0 : 1), fresh - (hunk.sign === "-" ? 0 : 1)];
}

/** The texts that the line read last belongs to. */
function sides({ before, after, sign }: Hunk): string[][] {
  return sign === "+" ? [after] : sign === "-" ? [before] : [before, after];
}

/** Takes the line end off the line just read: the file ends there without one. */
function cut(hunk: Hunk): void {
  for (const side of sides(hunk)) {
    side.push((side.pop() ?? "").replace(/\n$/, ""));
  }
}

function nameOf(text: string): string {
  const name = text.replace(/\t.*$/, "").trim();
  return name === "/dev/null" ? "" : name.replace(/^[ab]\//, "");
}
