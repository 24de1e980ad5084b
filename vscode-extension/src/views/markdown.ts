// The server's markdown as HTML for a webview: everything escaped, a small part of markdown, places in files as links. Knows no editor.

const FENCE = /^\s*(`{3,}|~{3,})/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const BULLET = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/;
const RULE = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;
// A path with an extension, or of several parts, then a colon and a line: `ledger/accounts.py:42` or `:42-47`.
const PLACE = /(?<![\w/.:-])((?:(?!\.\.?\/)[\w.@+-]+\/)*[\w@+-][\w.@+-]*\.[A-Za-z]\w{0,9}):(\d{1,7})(?:[-:]\d+)?(?![\w/])/g;

/** The HTML of `markdown`. Raw HTML, images and addresses of the web stay text; only places in files become links. */
export function toHtml(markdown: string): string {
  const rows = markdown.replaceAll("\r\n", "\n").split("\n");
  const out: string[] = [];
  let at = 0;
  while (at < rows.length) {
    const [html, used] = block(rows, at);
    out.push(html);
    at += used;
  }
  return out.filter((each) => each !== "").join("\n");
}

/** `text` with all that HTML takes for its own spelled out. */
export function escape(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (each) => names[each] ?? each);
}

function block(rows: string[], at: number): [string, number] {
  const row = rows[at] ?? "";
  const fence = FENCE.exec(row)?.[1];
  if (fence !== undefined) {
    return code(rows, at, fence);
  }
  const heading = HEADING.exec(row);
  if (heading) {
    const level = String(Math.min(6, (heading[1] ?? "").length + 1));
    return [`<h${level}>${inline(heading[2] ?? "")}</h${level}>`, 1];
  }
  if (row.includes("|") && RULE.test(rows[at + 1] ?? "")) {
    return table(rows, at);
  }
  if (BULLET.test(row)) {
    return list(rows, at);
  }
  return row.trim() === "" ? ["", 1] : paragraph(rows, at);
}

function code(rows: string[], at: number, fence: string): [string, number] {
  const close = rows.findIndex((row, i) => i > at && row.trim().startsWith(fence) && row.trim().replaceAll(fence[0] ?? "", "") === "");
  const end = close < 0 ? rows.length : close;
  const language = (rows[at] ?? "").trim().slice(fence.length).trim();
  const body = rows.slice(at + 1, end);
  return [`<pre><code>${language === "diff" ? diff(body) : escape(body.join("\n"))}</code></pre>`, end - at + 1];
}

/** Lines of a unified diff, each with the class of what it does. */
export function diff(rows: readonly string[]): string {
  return rows
    .map((row) => {
      const kind = kindOf(row);
      return kind === undefined ? escape(row) : `<span class="${kind}">${escape(row)}</span>`;
    })
    .join("\n");
}

function kindOf(row: string): string | undefined {
  if (/^(\+\+\+ |--- |diff |index )/.test(row)) {
    return "head";
  }
  return row.startsWith("@@") ? "hunk" : row.startsWith("+") ? "plus" : row.startsWith("-") ? "minus" : undefined;
}

function table(rows: string[], at: number): [string, number] {
  let end = at + 2;
  while (end < rows.length && (rows[end] ?? "").includes("|")) {
    end += 1;
  }
  const cells = (row: string) => row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/);
  const line = (row: string, tag: string) => `<tr>${cells(row).map((cell) => `<${tag}>${inline(cell.trim())}</${tag}>`).join("")}</tr>`;
  const body = rows.slice(at + 2, end).map((row) => line(row, "td"));
  return [`<table>${line(rows[at] ?? "", "th")}${body.join("")}</table>`, end - at];
}

function list(rows: string[], at: number): [string, number] {
  const ordered = /^\s*\d/.test(rows[at] ?? "");
  const items: string[] = [];
  let end = at;
  for (; end < rows.length; end += 1) {
    const row = rows[end] ?? "";
    const item = BULLET.exec(row)?.[1];
    if (item !== undefined) {
      items.push(item);
    } else if (/^\s{2,}\S/.test(row) && items.length > 0) {
      items.push(`${items.pop() ?? ""} ${row.trim()}`);
    } else {
      break;
    }
  }
  const tag = ordered ? "ol" : "ul";
  return [`<${tag}>${items.map((item) => `<li>${inline(item)}</li>`).join("")}</${tag}>`, end - at];
}

function paragraph(rows: string[], at: number): [string, number] {
  let end = at + 1;
  while (end < rows.length && (rows[end] ?? "").trim() !== "" && !FENCE.test(rows[end] ?? "") && !HEADING.test(rows[end] ?? "") && !BULLET.test(rows[end] ?? "")) {
    end += 1;
  }
  return [`<p>${inline(rows.slice(at, end).join("\n"))}</p>`, end - at];
}

function inline(text: string): string {
  const spans: string[] = [];
  // Code stands for itself, and may be emphasised as a whole: it comes back when the emphasis around it is known.
  const rest = text.replaceAll("\0", "").replace(/`([^`\n]+)`/g, (_whole, code: string) => `\0${String(spans.push(code) - 1)}\0`);
  const html = emphasis(places(escape(rest)));
  return html.replace(/\0(\d+)\0/g, (_whole, at: string) => `<code>${places(escape(spans[Number(at)] ?? ""))}</code>`);
}

function emphasis(html: string): string {
  return html.replace(/\*\*(?=\S)(.+?)(?<=\S)\*\*/g, "<strong>$1</strong>").replace(/(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])/g, "<em>$1</em>");
}

function places(html: string): string {
  return html.replace(PLACE, (whole, path: string, line: string) => `<a href="#" data-path="${path}" data-line="${line}">${whole}</a>`);
}
