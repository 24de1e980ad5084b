"""From the text of a query to its tree: recursive descent over its tokens, as deep as a reader can follow."""

from collections.abc import Callable
from difflib import get_close_matches

from fixbot_analysis.errors import QueryError
from fixbot_analysis.graph.model import KINDS, EdgeKind
from fixbot_analysis.graph.queries.expressions import (
    FILTERS,
    KINDS_OF,
    RESERVED,
    TRAITS,
    VERBS,
    AllOf,
    AnyOf,
    Filter,
    Heir,
    Name,
    Not,
    Path,
    Query,
    Relation,
)
from fixbot_analysis.graph.queries.tokens import Token, fault, tokens
from fixbot_analysis.graph.queries.walking import ANY_DISTANCE

_DEEPEST = 50  # parentheses and nots within each other
_DIGITS = 6  # of a number of edges
_ALONG = ("near", "dependents", "dependencies")  # verbs that may be told along which edges


def parse(query: str) -> Query:
    """The tree of `query`. Raises QueryError that points at the column and says what was expected there."""
    parser = _Parser(query)
    found = parser.any_of()
    parser.finish()
    return found


class _Parser:
    def __init__(self, query: str) -> None:
        self._query = query
        self._tokens = list(tokens(query))
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _is(self, *texts: str) -> bool:
        return not self._next.quoted and self._next.text in texts

    def _took(self, *texts: str) -> bool:
        """Whether one of `texts` stood here; then it is passed."""
        found = self._is(*texts)
        if found:
            self._take()
        return found

    def _want(self, *texts: str) -> None:
        if not self._took(*texts):
            raise self._fault(" or ".join(f'"{t}"' for t in texts))

    def _fault(self, wanted: str, token: Token | None = None) -> QueryError:
        token = token or self._next
        return fault(self._query, token.column, wanted, token.shown)

    def finish(self) -> None:
        """Raises QueryError unless everything was read."""
        if self._next.text or self._next.quoted:
            raise self._fault('"and", "or" or the end')

    def any_of(self) -> Query:
        """Alternatives."""
        parts = [self._all_of()]
        while self._took("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all_of(self) -> Query:
        parts = [self._one()]
        while self._took("and") or self._begins():
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _begins(self) -> bool:
        """Whether a further part begins here without an ``and``."""
        token = self._next
        if token.quoted or not token.text:
            return token.quoted
        return token.text == "(" or (
            not token.sign and token.text not in RESERVED - {"not", "in", "class", "path", *VERBS}
        )

    def _one(self) -> Query:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._fault(f"at most {_DEEPEST} parts within each other")
        token = self._next
        readers: dict[str, Callable[[], Query]] = {
            "(": self._group,
            "not": lambda: Not(self._one()),
            "in": lambda: Filter("in", self._name("a folder, file or package").text),
            "class": self._heir,
            "path": self._path,
            **dict.fromkeys(VERBS, lambda: self._relation(token.text)),
        }
        if not token.quoted and token.text in readers:
            self._take()
            found = readers[token.text]()
        else:
            found = self._filter(token) or self._plain(token)
        self._depth -= 1
        return found

    def _plain(self, token: Token) -> Name:
        """A name; one with a bracket or an ``of`` behind it was meant as a function, and is none."""
        name = self._name("a name, a filter or a function")
        if not token.quoted and ((self._is("(") and self._next.tight) or self._is("of")):
            near = get_close_matches(token.text.casefold(), VERBS, 1)
            raise self._fault(f"{near[0]} (did you mean {near[0]}?)" if near else f"one of {', '.join(VERBS)}", token)
        return name

    def _group(self) -> Query:
        found = self.any_of()
        self._want(")")
        return found

    def _name(self, wanted: str) -> Name:
        token = self._next
        if not token.quoted and (not token.text or token.sign or token.text in RESERVED):
            hint = f'{wanted} (in quotes, if "{token.text}" is one)' if token.text in RESERVED else wanted
            raise self._fault(hint)
        self._take()
        return Name(token.text, token.column)

    def _filter(self, token: Token) -> Query | None:
        key, colon, value = token.text.partition(":")
        if token.quoted or not colon or key not in FILTERS or value.startswith(":"):
            return None
        self._take()
        at = Token(value, token.column + len(key) + 1)
        if not value and self._next.quoted and self._next.tight:
            at = self._take()
        if key == "name":
            if not at.text and not at.quoted:
                raise self._fault('a name right behind "name:", such as save*', at)
            return Filter(key, at.text)
        known = KINDS_OF if key == "kind" else TRAITS
        if at.text not in known:
            none = " (variables are not in the graph; ask for their module)" if at.text == "variable" else ""
            near = get_close_matches(at.text.casefold(), known, 1)
            meant = f" (did you mean {near[0]}?)" if near else none
            raise self._fault(f"one of {', '.join(known)}{meant}", at)
        return Filter(key, at.text)

    def _heir(self) -> Query:
        name = self._name("the name of a class")
        self._want("<")
        return Heir(name, self._name("the name of a base class"))

    def _path(self) -> Query:
        directed = self._is("from")
        self._want("from", "between")
        source = self._name("a name")
        self._want("to" if directed else "and")
        return Path(source, self._name("a name"), directed, self._via())

    def _relation(self, verb: str) -> Query:
        if self._took("of"):
            of = self._one()
        else:
            if not self._is("("):
                raise self._fault(f'"(" or "of" behind "{verb}"')
            self._take()
            of = self._group()
        within = self._within() if self._took("within") else None
        if self._is("via") and verb not in _ALONG:
            raise self._fault(
                f'no "via" behind "{verb}", which says itself what it follows; {", ".join(_ALONG)} take one'
            )
        return Relation(verb, of, within, self._via(), self._took("known"))

    def _within(self) -> int:
        token = self._next
        if token.text == "*" and not token.quoted:
            self._take()
            return ANY_DISTANCE
        if not (token.text.isascii() and token.text.isdigit() and len(token.text) <= _DIGITS and int(token.text)):
            raise self._fault('a number of edges from 1, or *, behind "within"')
        self._take()
        return int(token.text)

    def _via(self) -> tuple[EdgeKind, ...]:
        if not self._took("via"):
            return ()
        found = [self._kind()]
        while self._took(","):
            found.append(self._kind())
        return tuple(dict.fromkeys(found))

    def _kind(self) -> EdgeKind:
        token = self._next
        if token.quoted or token.text not in KINDS:
            raise self._fault(f"one of {', '.join(KINDS)}")
        self._take()
        return EdgeKind(token.text)
