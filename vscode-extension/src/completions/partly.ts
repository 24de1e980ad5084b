// How much of a shown suggestion an edit took over: Tab, a word of it, or typing along. Knows no editor.

/** What was shown: the place in characters from the start of the document, and the text from there on. */
export interface Shown {
  offset: number;
  /** What stands there already and is replaced, e.g. the word under way. */
  typed: string;
  text: string;
}

/** One edit: `removed` characters at `offset` give way to `text`. */
export interface Edit {
  offset: number;
  removed: number;
  text: string;
}

/**
 * How long the accepted part of `shown` is after `edit`, in characters from its start; undefined when the edit is none
 * of it. One character alone is taken for typing: it cannot be told apart from it.
 */
export function accepted(shown: Shown, edit: Edit): number | undefined {
  const start = edit.offset - shown.offset;
  if (start < 0 || start > shown.typed.length || edit.offset + edit.removed > shown.offset + shown.typed.length) {
    return undefined;
  }
  const whole = shown.typed.slice(0, start) + edit.text;
  const kept = shown.typed.slice(start + edit.removed);
  const length = whole.length - shown.typed.length;
  return kept === "" && length > 1 && shown.text.startsWith(whole) ? whole.length : undefined;
}

/** What is shown after one character was typed along; undefined when it is not shown any more. */
export function typedAlong(shown: Shown, edit: Edit): Shown | undefined {
  const typed = shown.typed + edit.text;
  const along = edit.removed === 0 && edit.offset === shown.offset + shown.typed.length && shown.text.startsWith(typed);
  return along && typed.length < shown.text.length ? { ...shown, typed } : undefined;
}
