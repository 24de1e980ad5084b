// The languages that the server knows, by the names that VS Code gives them; package.json's activationEvents name the same.

export const LANGUAGES = [
  "python",
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
  "go",
  "rust",
  "java",
  "c",
  "cpp",
] as const;

/** Documents that the server is told about: files, and what was not saved yet. */
export const SELECTOR = LANGUAGES.flatMap((language) => [
  { scheme: "file", language },
  { scheme: "untitled", language },
]);
