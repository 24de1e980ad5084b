"""Keys that must not come into a test: those of the user's environment, and those that stand in the module itself."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.runs.redaction import Redactor
from fixbot_agent.runs.secrets import is_key, redactor


@dataclass(frozen=True, slots=True)
class Keys:
    """`values` stand in the module under names that say so; `redact` knows the user's own, and the forms that keys have."""

    redact: Redactor
    values: frozenset[str] = frozenset()

    @classmethod
    def of(cls, tree: ast.Module, root: Path) -> "Keys":
        """Effect: reads .env files below `root`, and git's configuration there."""
        values = frozenset(value for name, value in _named(tree) if is_key(name, value))
        return cls(redactor((), os.environ, root), values)

    def clean(self, text: str) -> str:
        """`text` without keys."""
        for value in self.values:
            text = text.replace(value, "[redacted: key]").replace(repr(value)[1:-1], "[redacted: key]")
        return self.redact(text)

    def stand_in(self, text: str) -> bool:
        """Whether a key stands in `text`, written as it is or as Python writes it."""
        return self.clean(text) != text


def _named(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(name, text) of what is assigned, given by a name, held under a key, a parameter's default, or compared with a name."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=goals, value=value):
                yield from ((_last(goal), text) for goal in goals for text in _texts(value))
            case ast.AnnAssign(target=goal, value=ast.expr() as value):
                yield from ((_last(goal), text) for text in _texts(value))
            case ast.keyword(arg=str(name), value=value):
                yield from ((name, text) for text in _texts(value))
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    yield from ((_last(key), text) for text in _texts(value) if key is not None)
            case ast.arguments():
                plain = [*node.posonlyargs, *node.args]
                pairs = [*zip(plain[len(plain) - len(node.defaults) :], node.defaults, strict=True)]
                pairs += [(a, d) for a, d in zip(node.kwonlyargs, node.kw_defaults, strict=True) if d is not None]
                yield from ((a.arg, text) for a, d in pairs for text in _texts(d))
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
                yield from ((_last(a), text) for a in sides for b in sides if a is not b for text in _texts(b))


def _last(node: ast.expr | None) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Constant(value=str(text)) | ast.Subscript(slice=ast.Constant(value=str(text))):
            return text
    return ""


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Constant(value=bytes(data)):
            yield data.decode("latin-1")
        case ast.Tuple() | ast.List() | ast.Set():
            for each in node.elts:
                yield from _texts(each)
        case ast.Call(args=given):  # os.environ.get("TOKEN", "…")
            for each in given[1:]:
                yield from _texts(each)
