"""Keys that must not come into a test: those of the user's environment, and those that stand in the module itself, or elsewhere in the project."""

import ast
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fixbot_agent.runs.redaction import Redactor
from fixbot_agent.runs.secrets import is_key, redactor
from fixbot_repair.candidates.paths import is_test

_READ = frozenset({".py", ".pyi", ".json", ".toml", ".yaml", ".yml", ".ini", ".cfg", ".conf", ".properties", ".xml"})
_MOST_FILES, _LARGEST = 5000, 500_000  # that are looked into, and bytes of each
_NAMES = r"(?:key|token|secret|pass|credential|auth|cookie|pat|salt|extraheader)[\w.-]{0,40}[\"']?\]?"
_QUOTED = r"""[ \t]*(?::[ \w.\[\]|]{1,40})?(?:==|!=|=|:)[ \t]*[rbuRBU]{0,2}(["'])((?:(?!\1)[^\n\\]){6,200})\1"""
_PLAIN = r"""[ \t]*[=:][ \t]*()([^\s"'#;,(){}\[\]]{6,200})[ \t]*$"""
_IN_CODE = re.compile(_NAMES + _QUOTED, re.IGNORECASE)
_IN_SETTINGS = re.compile(f"{_NAMES}(?:{_QUOTED}|{_PLAIN})", re.IGNORECASE | re.MULTILINE)
_BEFORE = re.compile(r"[\w.-]{0,60}$")
_NAME_ITSELF = re.compile(r"[a-z_.-]*(?:pass|secret|token|key)[a-z_.-]*\d?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Keys:
    """`values` stand in the module, or in other files of the project that are no tests, under names that say so; `tested` in tests only: these
    are not sent. `redact` knows the user's own, and the forms that keys have.
    """

    redact: Redactor
    values: frozenset[str] = frozenset()
    tested: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, tree: ast.Module, root: Path, paths: Sequence[str] = (), read: Callable[[str], bytes | None] | None = None
    ) -> "Keys":
        """Effect: reads .env files below `root`, and git's configuration there, and the files `paths` of the project."""
        values, tested = {value for name, value in _named(tree) if is_key(name, value)}, set[str]()
        for path in [p for p in paths if PurePosixPath(p).suffix in _READ][:_MOST_FILES]:
            data = read(path) if read else None
            (tested if is_test(path) else values).update(_given(path, (data or b"")[:_LARGEST]))
        return cls(redactor((), os.environ, root), frozenset(values), frozenset(tested - values))

    def clean(self, text: str) -> str:
        """`text` without keys."""
        return self._without({*self.values, *self.tested}, text)

    def stand_in(self, text: str) -> bool:
        """Whether a key stands in `text`, written as it is or as Python writes it; one that tests of the project hold already is none."""
        return self._without(self.values, text) != text

    def _without(self, values: Iterable[str], text: str) -> str:
        for value in values:
            if value in text or repr(value)[1:-1] in text:
                text = text.replace(value, "[redacted: key]").replace(repr(value)[1:-1], "[redacted: key]")
        return self.redact(text)


def _given(path: str, data: bytes) -> Iterator[str]:
    """Keys that a file gives to names that say so; a word that is itself such a name is none (``"secret_key"``)."""
    text = data.decode("utf-8", "replace")
    for found in (_IN_CODE if path.endswith((".py", ".pyi")) else _IN_SETTINGS).finditer(text):
        start = _BEFORE.search(text[max(found.start() - 60, 0) : found.start()])
        name = (start[0] if start else "") + re.split(r"[\"'\]\s:=!]", found[0])[0]
        value = next(group for group in found.groups()[1::2] if group)
        if not _NAME_ITSELF.fullmatch(value) and is_key(name, value):
            yield value


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
