"""Where members are accessed: each dot after an expression, and what stands around it, read from tokens alone.

Nothing needs to parse: a buffer in the middle of an edit reads as well as a finished one.
"""

import keyword
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fixbot_analysis.codemodel.headers import Header, read_header
from fixbot_analysis.codemodel.tokens import INDENT, LAYOUT, NEWLINE, STRING

_KEYWORDS = frozenset(keyword.kwlist)
_CLOSES = {")": "(", "]": "[", "}": "{"}
_LONGEST = 80  # characters of a receiver that are told apart

_LITERAL = '"s"'  # a string literal as a receiver


@dataclass(frozen=True, slots=True)
class Site:
    """A dot after an expression.

    `receiver` is the chain before it as written, arguments left out (``a.b().c[]``); `origin` is the chain with its head
    replaced by what that name was last given in the same function, "" where nothing was; `lead` the token before the
    receiver; `callee` and `slot` the call that the site is an argument of, and which (``#0``, a keyword's name);
    `target` what the statement assigns to; `previous` the member last accessed on the same receiver in the function, `trail`
    that on any receiver, and `again` that in the same statement.
    """

    receiver: str
    origin: str = ""
    lead: str = ""
    callee: str = ""
    slot: str = ""
    target: str = ""
    previous: str = ""
    trail: str = ""
    again: str = ""
    function: str = ""
    parameters: tuple[str, ...] = ()
    owner: str = ""  # the class around
    bases: tuple[str, ...] = ()  # its bases, last names
    is_self: bool = False  # the receiver is the first parameter of a method

    @property
    def last(self) -> str:
        """The last link of the receiver."""
        return self.receiver.rpartition(".")[2]

    @property
    def type_name(self) -> str:
        """The class that the receiver is an object of, by its name alone, "" where the text does not say."""
        if self.is_self:
            return self.owner
        made = self.origin or self.receiver
        last = made[:-2].rpartition(".")[2] if made.endswith("()") else ""
        return last if last[:1].isupper() or last[:2].strip("_")[:1].isupper() else ""


@dataclass(slots=True)
class _Scope:
    header: Header
    level: int
    given: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Bracket:
    kind: str
    chain: str  # what it is applied to: a call's callee
    lead: str
    argument: int = 0
    keyword: str = ""
    first: str = ""  # its first argument, where that is a chain


# (header, level) of every scope, and the indentation level: what the text before a place leaves for the text after it.
State = tuple[tuple[tuple[Header, int], ...], int]
START: State = ((), 0)


class SiteReader:
    """Reads tokens and yields every member access with its site; goes on where `state` says another one stopped."""

    def __init__(self, state: State = START, *, braces: bool = False) -> None:
        self._braces = braces
        scopes, self._level = state
        self._scopes = [_Scope(header, level) for header, level in scopes]
        self._module = _Scope(Header("", ""), 0)
        self._pending: Header | None = None
        self._previous = ""
        self._begin_statement()
        self._site: Site | None = None

    @property
    def state(self) -> State:
        """What the text read so far leaves for what follows it, at the beginning of a definition outside of functions."""
        return tuple((s.header, s.level) for s in self._scopes), self._level

    @property
    def between_definitions(self) -> bool:
        """Whether what is read next stands in no function, so that :attr:`state` is all there is to carry on."""
        return not self._scopes or self._scopes[-1].header.kind == "class"

    @property
    def site(self) -> Site | None:
        """The site where the tokens ended in a dot; None where they did not."""
        return self._site

    def read(self, tokens: Sequence[str]) -> Iterator[tuple[str, Site]]:
        """Yield (member, site) for each access in `tokens`, in order."""
        for at, word in enumerate(tokens):
            first = word[0]
            if self._pending is not None and self._previous == NEWLINE and word != INDENT:
                self._pending = None
            if first == "." and word == ".":
                self._site = self._at_dot()
            elif first.isalpha() or first == "_":
                if self._site is not None:
                    if word not in _KEYWORDS:
                        yield word, self._site
                        self._follow(word)
                    self._site = None
                else:
                    self._word(word, tokens, at)
            else:
                self._site = None
                self._sign(word, first)
            self._previous = word

    def _begin_statement(self) -> None:
        self._head = self._chain = self._lead = self._target = self._looped = self._previous = self._again = ""
        self._brackets: list[_Bracket] = []

    @property
    def _scope(self) -> _Scope:
        return self._scopes[-1] if self._scopes and self._scopes[-1].header.kind == "def" else self._module

    def _word(self, word: str, tokens: Sequence[str], at: int) -> None:
        if not self._head:
            self._head = word
        if word[-1] in "'\"":
            self._start_chain(_LITERAL)
        elif word not in _KEYWORDS or word in ("None", "True", "False"):
            if self._previous == "as":
                self._give(word, self._chain)
            self._start_chain(word)
        elif word in ("def", "class"):
            self._pending = read_header(word, tokens, at)
            self._module.given.clear()
            self._module.last.clear()
            self._start_chain("")
        elif word == "in" and self._head in ("for", "async") and not self._looped:
            self._looped = self._target = self._chain
            self._start_chain("")
        elif word != "as":
            self._start_chain("")

    def _start_chain(self, chain: str) -> None:
        self._chain, self._lead = chain, self._previous

    def _sign(self, word: str, first: str) -> None:
        if word in LAYOUT:
            self._layout(word)
        elif self._braces and word in (";", "{", "}"):
            self._begin_statement()
        elif first in "([{" and len(word) == 1:
            self._brackets.append(_Bracket(word, self._chain, self._lead if self._chain else self._previous))
            self._chain = ""
        elif first in ")]}" and len(word) == 1:
            self._close(word)
        elif first in "'\"" or word == STRING:
            self._start_chain(_LITERAL)
        elif self._brackets:
            self._part_arguments(self._brackets[-1], word)
        else:
            self._part_statement(word)

    def _part_arguments(self, bracket: _Bracket, word: str) -> None:
        if word == ",":
            if not bracket.argument:
                bracket.first = self._chain
            bracket.argument += 1
            bracket.keyword = ""
        elif word == "=":
            bracket.keyword = self._chain
        self._chain = ""

    def _part_statement(self, word: str) -> None:
        if word == "=":
            self._target = self._chain
        elif word == ":" and self._looped:
            self._give(self._looped, self._chain + "[]" if self._chain else "")
        elif word == ":" and self._head == self._chain and self._chain:
            self._target, self._head = self._chain, ":"
        self._head = self._head or word
        self._chain = ""

    def _layout(self, word: str) -> None:
        if word == NEWLINE:
            if self._target and self._chain and self._lead in ("=", "await", ":"):
                self._give(self._target, self._chain + ("()" if self._lead == ":" else ""))
            self._begin_statement()
        elif word == INDENT:
            self._level += 1
            if self._pending is not None:
                self._enter(self._pending)
        else:
            self._level -= 1
            while self._scopes and self._scopes[-1].level > self._level:
                self._scopes.pop()
        if word != NEWLINE:
            self._pending = None

    def _enter(self, header: Header) -> None:
        scope = _Scope(header, self._level)
        scope.given.update({name: f"{type_}()" for name, type_ in header.annotations})
        if self._scopes and self._scopes[-1].header.kind == "def":
            scope.given = {**self._scopes[-1].given, **scope.given}
        self._scopes.append(scope)

    def _close(self, word: str) -> None:
        opened = self._brackets.pop() if self._brackets else None
        if opened is None or opened.kind != _CLOSES[word]:
            self._chain = ""
        else:
            if opened.chain == "isinstance" and opened.argument == 1 and self._chain:
                self._give(opened.first, self._chain + "()")
            self._chain = opened.chain + opened.kind + word
            self._lead = opened.lead

    def _follow(self, member: str) -> None:
        self._scope.last[self._chain] = self._scope.last[""] = self._again = member
        self._chain = f"{self._chain}.{member}"[-_LONGEST:]

    def _give(self, name: str, chain: str) -> None:
        """Remember what a name was given; only inside functions, where names are few and short-lived."""
        scope = self._scope
        if scope is not self._module and name and "." not in name:
            scope.given[name] = self._origin(chain) or chain if chain else ""

    def _origin(self, chain: str) -> str:
        cut = next((i for i, c in enumerate(chain) if c in ".(["), len(chain))
        given = self._scope.given.get(chain[:cut], "")
        return (given + chain[cut:])[-_LONGEST:] if given else ""

    def _at_dot(self) -> Site | None:
        chain = self._chain
        if not chain or self._head in ("from", "import"):
            return None
        inner = self._scopes[-1].header if self._scopes else self._module.header
        owner = next((s.header for s in reversed(self._scopes) if s.header.kind == "class"), self._module.header)
        call = self._brackets[-1] if self._brackets else None
        function = inner if inner.kind == "def" else self._module.header
        return Site(
            receiver=chain,
            origin=self._origin(chain),
            lead=self._lead,
            callee=call.chain if call and call.kind == "(" else "",
            slot=(call.keyword or f"#{call.argument}") if call else "",
            target=(call.keyword if call else self._target) or self._target,
            previous=self._scope.last.get(chain, "^"),
            trail=self._scope.last.get("", "^"),
            again=self._again,
            function=function.name,
            parameters=function.names,
            owner=owner.name,
            bases=owner.names,
            is_self=bool(owner.name and function.names) and chain == function.names[0],
        )
