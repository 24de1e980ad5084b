"""Places of every kind in Python files: all names that the syntax reads, and keywords, drawn in proportion as they occur."""

import ast
import io
import keyword
import random
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import Document, SourceTree
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.sites import Hole

TYPED = 2  # characters of a name that stand there at most

_MODULE = re.compile(rb"from[ \t]+[. \t]*([^\s.]+(?:[ \t]*\.[ \t]*[^\s.]+)*)[ \t]+import\b")

# Where in a document (bytes) a name begins, the name, and its kind.
Spot = tuple[int, str, str]


def choose_all(tree: SourceTree, count: int, seed: int) -> list[Hole]:
    """Effect: reads all Python files. `count` names of every kind by chance, with 0 to 2 characters of each typed, by chance too.

    Names that are made there (of functions, classes, parameters, targets) are not asked for, nor what stands in f-strings.
    Raises DatasetError where there is no name at all.
    """
    found = [(path, *spot) for path in tree.paths if path.endswith((".py", ".pyi")) for spot in _read(tree, path)]
    if not found:
        raise DatasetError(f"{tree.root} holds no Python code", "name the folder of a Python project")
    chance, holes = random.Random(seed), list[Hole]()
    for path, start, name, kind in chance.sample(found, min(count, len(found))):
        typed = chance.randint(0, min(TYPED, len(name) - 1))
        text = tree.read(path).data[:start] + name[:typed].encode()
        holes.append(Hole(path, text, name, kind, typed))
    return holes


def _read(tree: SourceTree, path: str) -> list[Spot]:
    try:
        document = tree.read(path)
        return names(document)
    except (SourceError, SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return []


def names(document: Document) -> list[Spot]:
    """All names of a Python file that may be asked for, in order. Raises SyntaxError, ValueError or TokenError where it is no Python."""
    parsed = ast.parse(document.data)
    hidden = {id(part) for node in ast.walk(parsed) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    roles = _roles(parsed)
    found = [
        spot for node in ast.walk(parsed) if id(node) not in hidden for spot in _of_node(node, roles, document)
    ]  # fmt: skip
    data = document.data
    found += _keywords(document)
    return sorted({spot for spot in found if data[spot[0] :].startswith(spot[1].encode())})


def _of_node(node: ast.AST, roles: Mapping[int, str], document: Document) -> Iterator[Spot]:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            yield _start(document, node), name, roles.get(id(node), "name")
        case ast.Attribute(attr=name, end_lineno=int(line), end_col_offset=int(column)):
            start = document.line_starts[line - 1] + column - len(name.encode())
            if document.data[:start].endswith(b"."):
                yield start, name, "attribute"
        case ast.keyword(arg=str(name)):
            yield _start(document, node), name, "argument's name"
        case ast.Import(names=aliases):
            for alias in aliases:
                yield from _parts(_start(document, alias), alias.name)
        case ast.ImportFrom(names=aliases):
            yield from ((_start(document, a), a.name, "imported name") for a in aliases if a.name != "*")
            if match := _MODULE.match(document.data, _start(document, node)):
                yield from _parts(match.start(1), match[1].decode())


def _start(document: Document, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> int:
    return document.line_starts[node.lineno - 1] + node.col_offset


def _parts(start: int, dotted: str) -> Iterator[Spot]:
    """Each part of a module's dotted name."""
    for match in re.finditer(r"\w+", dotted):
        yield start + len(dotted[: match.start()].encode()), match[0], "module"


def _keywords(document: Document) -> Iterator[Spot]:
    for token in tokenize.tokenize(io.BytesIO(document.data).readline):
        if token.type == tokenize.NAME and keyword.iskeyword(token.string) and len(token.string) > 1:
            start = document.line_starts[token.start[0] - 1] + len(token.line[: token.start[1]].encode())
            yield start, token.string, "keyword"


def _roles(parsed: ast.AST) -> dict[int, str]:
    """What names are to the statement or expression around them, by identity of the node; nothing of plain ones."""
    special: dict[int, str] = {}
    general: dict[int, str] = {}
    for node in ast.walk(parsed):
        match node:
            case ast.ClassDef(bases=bases, decorator_list=decorators):
                special |= _as(bases, "base class") | _as([_called(d) for d in decorators], "decorator")
            case ast.FunctionDef(decorator_list=decorators) | ast.AsyncFunctionDef(decorator_list=decorators):
                special |= _as([_called(each) for each in decorators], "decorator") | _within(node.returns)
            case ast.arg(annotation=annotation) | ast.AnnAssign(annotation=annotation):
                special |= _within(annotation)
            case ast.ExceptHandler(type=ast.Tuple(elts=types)):
                special |= _as(types, "exception")
            case ast.ExceptHandler(type=ast.expr() as caught) | ast.Raise(exc=ast.expr() as caught):
                special |= _as([_called(caught)], "exception")
            case ast.Call(func=called, args=arguments):
                general |= _as([called], "called name") | _as([_unstarred(a) for a in arguments], "argument")
                general |= _as([each.value for each in node.keywords], "argument")
            case ast.Subscript(slice=index):
                general |= _as([index], "subscript")
    return {**general, **special}


def _as(nodes: Sequence[ast.expr], kind: str) -> dict[int, str]:
    return {id(node): kind for node in nodes if isinstance(node, ast.Name)}


def _within(annotation: ast.expr | None) -> dict[int, str]:
    return _as([n for n in ast.walk(annotation) if isinstance(n, ast.Name)], "annotation") if annotation else {}


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _unstarred(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Starred) else node
