// Whether a server and this extension are made for each other, and what to do when they are not. Knows no editor.

export type Match = "same" | "older" | "newer" | "unknown";

/** Compares the server's version with the extension's: their first two numbers must be equal. */
export function compare(server: string | undefined, extension: string): Match {
  const theirs = numbers(server);
  const ours = numbers(extension);
  if (theirs === undefined || ours === undefined) {
    return "unknown";
  }
  const [major, minor] = [theirs[0] - ours[0], theirs[1] - ours[1]];
  const difference = major !== 0 ? major : minor;
  return difference === 0 ? "same" : difference < 0 ? "older" : "newer";
}

/** What to tell somebody; empty when there is nothing to do. */
export function advice(match: Match, server: string, extension: string): string {
  switch (match) {
    case "same":
      return "";
    case "older":
      return `fixbot: the server is version ${server}, the extension ${extension}. Update the server, or some commands will be missing.`;
    case "newer":
      return `fixbot: the server is version ${server}, the extension ${extension}. Update the extension, or install the server's version ${extension}.`;
    case "unknown":
      return `fixbot: the program that was started does not say its version, so it may not be fixbot's server. The setting fixbot.path names another one.`;
  }
}

function numbers(version: string | undefined): [number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(version ?? "");
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}
