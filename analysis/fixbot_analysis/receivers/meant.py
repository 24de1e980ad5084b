"""What values of types as they are written are, what members and results of the project's definitions are, and elements of what holds several."""

import re
from collections.abc import Sequence

from fixbot_analysis.graph.foreign_resolver import ForeignResolver
from fixbot_analysis.graph.foreign_scope import Meaning
from fixbot_analysis.receivers.holding import Holding, Member
from fixbot_analysis.receivers.kinds import Form, Kind, Written, forms, listed, of_field
from fixbot_analysis.receivers.natives import ELEMENTS, is_wrapped, native
from fixbot_analysis.symbols import SymbolKind

Kinds = Sequence[Kind]

_FEW = 4  # values of one field
_OWN = frozenset(
    {"this", "Self", "self", "&Self", "&mut Self"}
)  # results that are the object itself, or one of its type


class Meant:
    """Types of a project: `resolver` says what their names mean, `holding` what they hold."""

    def __init__(self, resolver: ForeignResolver, holding: Holding) -> None:
        self._resolver, self._holding = resolver, holding

    def of_type(self, written: Written, depth: int) -> Kinds:
        """Objects of a type as written."""
        language = self._language(written.path)
        if depth <= 0:
            return ()
        found: list[Kind] = []
        for form in forms(written.text, language):
            found += self._of_form(form, written, language, depth)
        return tuple(found)

    def _of_form(self, form: Form, written: Written, language: str, depth: int) -> Kinds:
        if form.name == "struct":
            return (Kind(names=tuple((name, "attribute") for name in form.arguments)),)
        inner = tuple(Written(each, written.path, written.scope) for each in form.arguments)
        if form.name in ("[]", "map", "function", "channel") and (form.name == "[]" or language == "go"):
            return (Kind(native="array" if form.name == "[]" else form.name, inner=inner[-1:]),)
        if is_wrapped(language, form.name) and inner:
            return self.of_type(inner[-1], depth - 1)
        classes = self._classes(form.name, written)
        if not classes:
            own = native(language, form.name)
            if own is not None:
                return (Kind(native=own, inner=inner),)
            classes = self.only(form.name, written.path)
        return tuple(
            k
            for m in classes
            for k in self.followed(Kind(Meaning(m.path, m.symbol, instance=True), inner=inner), depth)
        )

    def _classes(self, name: str, written: Written) -> list[Meaning]:
        """The classes that a type called `name` means; a variable or constructor of that name hides none."""
        here = self._resolver.scope(written.path)
        if name == "Self":
            return self._resolver.classes(written.path, here.cls(written.scope))
        for around in here.around(written.scope):
            symbol = here.named.get(f"{around}.{name}" if around else name)
            if symbol is not None and symbol.kind is SymbolKind.CLASS:
                return [Meaning(written.path, symbol)]
        found = self._resolver.classes(written.path, name) if "." not in name else []
        found = found or self._resolver.resolve(written.path, written.scope, name)
        return [m for m in found if m.symbol.kind is SymbolKind.CLASS]

    def only(self, name: str, path: str) -> list[Meaning]:
        """The only class of the project that is called `name`, unless an import says that it is another."""
        only = self._resolver.only(path, name) if "." not in name else None
        return [only] if only is not None and only.symbol.kind is SymbolKind.CLASS else []

    def followed(self, kind: Kind, depth: int) -> Kinds:
        """The kind, or where it is another name for a type, what that stands for."""
        meaning = kind.meaning
        if meaning is None or meaning.symbol.kind is not SymbolKind.CLASS:
            return (kind,)
        if not (other := self._holding.aliased(meaning)) or depth <= 1:
            return (kind,)
        if next(iter(self._holding.parts(meaning)), None) is not None:
            return (kind,)
        found = [k for k in self.of_type(other, depth - 2) if k.meaning is not None or meaning.instance]
        if not meaning.instance:
            found = [Kind(Meaning(k.meaning.path, k.meaning.symbol)) for k in found if k.meaning is not None]
        return found or (kind,)

    def of_results(self, kinds: Kinds, depth: int, place: int | None) -> Kinds:
        """What calling `kinds` gives; of several results the number `place`."""
        found: list[Kind] = []
        for kind in kinds:
            if kind.meaning is None or kind.meaning.instance:
                continue
            if kind.meaning.symbol.kind is SymbolKind.CLASS:
                found.append(Kind(Meaning(kind.meaning.path, kind.meaning.symbol, instance=True)))
            else:
                found += self._result(kind.meaning, kind, depth, place)
        return tuple(found)

    def _result(self, function: Meaning, receiver: Kind, depth: int, place: int | None) -> Kinds:
        """What calling `function` on `receiver` gives."""
        text, cls = function.symbol.returns.strip(), receiver.meaning
        if text.startswith("(") and self._language(function.path) == "go":
            text = _picked(text, place or 0)
        elif place:
            return ()
        if text in _OWN and cls is not None and cls.symbol.kind is SymbolKind.CLASS:
            return (Kind(Meaning(cls.path, cls.symbol, instance=True)),)
        return self.of_type(Written(text, function.path, function.symbol.parent), depth - 1) if text else ()

    def of_member(self, member: Member, kind: Kind, depth: int, *, called: bool, place: int | None) -> Kinds:
        """What the `member` of `kind` is, or what calling it gives."""
        symbol = member.symbol
        assert symbol is not None
        meaning = Meaning(member.path, symbol)
        if symbol.kind is SymbolKind.CLASS:
            return self.followed(Kind(Meaning(member.path, symbol, instance=called)), depth)
        if symbol.kind is SymbolKind.VARIABLE:
            is_variant = (
                not called
                and kind.meaning is not None
                and ":" not in symbol.signature
                and self._language(member.path) == "rust"
            )
            if is_variant and kind.meaning is not None:
                return (Kind(Meaning(kind.meaning.path, kind.meaning.symbol, instance=True)),)
            return self._field(member, depth) if not called else ()
        is_getter = symbol.signature.startswith(("get ", "static get ", "public get "))
        if not called and not is_getter:
            return (Kind(meaning, native="function"),)
        return self._result(meaning, kind, depth, place)

    def _field(self, member: Member, depth: int) -> Kinds:
        symbol = member.symbol
        assert symbol is not None
        language = self._language(member.path)
        inside = [s for s in self._resolver.scope(member.path).facts.symbols if s.parent == symbol.qualname]
        if inside:  # a struct that is written out
            return (Kind(names=tuple((s.name, "attribute") for s in inside)),)
        if text := of_field(symbol.signature, symbol.name, language):
            return self.of_type(Written(text, member.path, symbol.parent), depth - 1)
        bound = self._resolver.scope(member.path).bound.get((symbol.parent, symbol.name), ())
        found = [m for value in bound[:_FEW] for m in self._resolver.resolve(member.path, symbol.parent, value)]
        return tuple(Kind(m) for m in found)

    def elements(self, kinds: Kinds, depth: int, *, indexed: bool = False) -> Kinds:
        """What stands in `kinds`; `indexed`: what an index gives, of a map its values, of a pointer of C what it points to."""
        found: list[Kind] = []
        for kind in kinds:
            if (
                kind.meaning is not None
                and kind.meaning.instance
                and indexed
                and self._language(kind.meaning.path) in ("c", "cpp")
            ):
                found.append(kind)
            elif kind.inner and (kind.native in ELEMENTS or (indexed and kind.native == "map")):
                found += self.of_type(kind.inner[-1 if kind.native == "map" else 0], depth - 1)
        return tuple(found)

    def _language(self, path: str) -> str:
        return self._resolver.scope(path).language.name


def _picked(results: str, place: int) -> str:
    """The type of one of several results of Go, which may have names."""
    parts = listed(results[1:-1], ",")
    text = parts[place].strip() if place < len(parts) else ""
    is_named = re.match(r"\w+ [^ ]", text) and not text.startswith(("chan", "map", "func"))
    return text.partition(" ")[2].strip() if is_named else text
