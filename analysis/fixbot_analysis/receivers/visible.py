"""Which definitions of a file others can name, and which of a class its objects have: read from headers and text."""

import re
from collections.abc import Iterator

from fixbot_analysis.graph.foreign_scope import ForeignScope, Meaning
from fixbot_analysis.symbols import Symbol, SymbolKind

_MADE = re.compile(rb"\bthis\.([A-Za-z_$][\w$]*)\s*=(?!=)")
_EXPORTED = re.compile(rb"export\s*(?:type\s*)?\{([^}]*)\}")
_MODIFIERS = (
    r"(?:(?:public|private|protected|export|abstract|final|readonly|async|inline|constexpr|override|declare)\s+)*"
)
_STATIC = re.compile(rf"^(?:@\w+(?:\([^)]*\))?\s+)*{_MODIFIERS}static\b")
_TYPE = re.compile(
    r"^(?:export\s+|declare\s+|pub(?:\([^)]*\))?\s+)*(?:type|using)\s+\w+\s*(?:<.*?>\s*)?=\s*(.+)", re.DOTALL
)
_ALIAS_GO = re.compile(r"^\w+\s*=\s*(.+)", re.DOTALL)
_TYPEDEF = re.compile(r"^typedef\s+([^{]+?)[\s*]+\w+;?$")
_SELF = re.compile(r"\(\s*(?:&\s*)?(?:'\w+\s+)?(?:mut\s+)?self\b")
_SCRIPTS = frozenset({"typescript", "tsx", "javascript"})


def is_member(symbol: Symbol, cls: Meaning, language: str, *, instance: bool) -> bool:
    """Whether objects of `cls` (or, unless `instance`, the class itself) have what `symbol`, which stands in it, defines."""
    name = symbol.name
    if not re.fullmatch(r"#?[\w$]+", name) or name == "constructor":
        return False
    if language == "go":
        return instance
    if language == "rust":
        return _of_rust(symbol, instance=instance)
    if language in ("c", "cpp"):
        is_kept = not name.startswith("operator") and name != cls.symbol.name
        is_of_type = symbol.kind is SymbolKind.CLASS or re.fullmatch(rf"{name}(?:\s*=.*)?", symbol.signature)
        return is_kept and not (instance and is_of_type)
    if symbol.kind is SymbolKind.METHOD and name == cls.symbol.name:  # a constructor of Java
        return False
    is_enum = re.match(rf"{_MODIFIERS}(?:const\s+)?enum\b", cls.symbol.signature) is not None and re.fullmatch(
        rf"{name}(?:\s*[=({{].*)?", symbol.signature
    )
    is_static = bool(_STATIC.match(symbol.signature)) or symbol.kind is SymbolKind.CLASS or bool(is_enum)
    return is_static != instance or (
        language == "java" and symbol.kind is not SymbolKind.CLASS and instance and not is_enum
    )


def is_visible(symbol: Symbol, language: str, inside: bool, beside: bool) -> bool:
    """Whether a member can be named: from `inside` its class, or from a file `beside` its own, in the same folder."""
    if language == "go":
        return beside or symbol.name[:1].isupper()
    if language in ("java", "typescript", "tsx"):
        return inside or not re.match(r"(?:@\w+(?:\([^)]*\))?\s+)*private\b", symbol.signature)
    return True


def _of_rust(symbol: Symbol, *, instance: bool) -> bool:
    if symbol.kind is SymbolKind.VARIABLE:
        is_field = ":" in symbol.signature and not re.match(
            r"(?:pub(?:\([^)]*\))?\s+)?(?:const|static)\b", symbol.signature
        )
        return is_field == instance
    if symbol.kind is SymbolKind.METHOD:
        return not instance or bool(_SELF.search(symbol.signature))
    return not instance


def made_of(data: bytes, symbol: Symbol) -> Iterator[str]:
    """Properties that methods of a class of JavaScript give its object."""
    for found in _MADE.finditer(data, symbol.span.start, symbol.span.end):
        yield found[1].decode("utf-8", "replace")


def alias_of(symbol: Symbol) -> str:
    """What a definition that only gives a type another name stands for, as written; ``""`` of any other."""
    for pattern in (_TYPE, _TYPEDEF, _ALIAS_GO):
        if found := pattern.match(symbol.signature):
            return found[1].strip().rstrip(";")
    return ""


def exported(scope: ForeignScope, data: bytes, *, inside: bool) -> Iterator[Symbol]:
    """Definitions at the top of a file that others can name; all of them `inside` the file."""
    language = scope.language.name
    listed = set[bytes]()
    for found in _EXPORTED.finditer(data) if language in _SCRIPTS else ():
        listed.update(re.findall(rb"[\w$]+", found[1]))
    modules = language == "javascript" and b"export " not in data
    for symbol in scope.facts.symbols:
        if not symbol.name or symbol.parent or symbol.decorators[:1] == ("test",):
            continue
        head = data[symbol.span.start : symbol.span.start + 8]
        if language in _SCRIPTS:
            is_given = modules or head.startswith(b"export") or symbol.name.encode() in listed
        elif language == "go":
            is_given = symbol.name[:1].isupper()
        else:
            is_given = language != "rust" or b"pub" in data[symbol.span.start : symbol.name_span.start]
        if is_given or inside:
            yield symbol
