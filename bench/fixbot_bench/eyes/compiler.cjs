// Every name that JavaScript or TypeScript files declare, as TypeScript's own parser sees it: JSON lines of path, line, name, counted.
// Arguments: the folder of the typescript package; paths on stdin. "counted" leaves out what a function's body holds, and members of plain objects.
const fs = require("fs");
const ts = require(process.argv[2]);
const paths = fs.readFileSync(0, "utf8").split("\n").filter(Boolean);
const kinds = new Set([
  "FunctionDeclaration", "FunctionExpression", "ClassDeclaration", "ClassExpression", "MethodDeclaration", "MethodSignature",
  "PropertyDeclaration", "PropertySignature", "GetAccessor", "SetAccessor", "InterfaceDeclaration", "TypeAliasDeclaration", "EnumDeclaration",
  "EnumMember", "ModuleDeclaration", "VariableDeclaration", "BindingElement", "PropertyAssignment", "Constructor",
]);
const inner = new Set(["FunctionExpression", "ClassExpression", "PropertyAssignment"]);
for (const path of paths) {
  const source = ts.createSourceFile(path, fs.readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const say = (node, name, counted) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    console.log(JSON.stringify({ path, line, name, counted }));
  };
  const visit = (node, local) => {
    const kind = ts.SyntaxKind[node.kind];
    if (kind === "Constructor") {
      say(node.getChildren(source).find((c) => c.kind === ts.SyntaxKind.ConstructorKeyword) || node, "constructor", !local && !!node.body);
    } else if (kinds.has(kind) && node.name && node.name.text !== undefined) {
      say(node.name, node.name.text, !local && !inner.has(kind));
    } else if (kind === "BinaryExpression" && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      const target = node.left.name || node.left;
      if (target.text !== undefined) say(target, target.text, false);
    }
    const object = kind === "ObjectLiteralExpression" || kind === "TypeLiteral" && !(node.parent && ts.isTypeAliasDeclaration(node.parent));
    const within = local || object || ts.isFunctionLike(node) && !["MethodSignature", "CallSignature"].includes(kind) || kind === "Block";
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(source, false);
}
