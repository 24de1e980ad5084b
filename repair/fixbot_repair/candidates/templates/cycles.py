"""Functions that call themselves without an end: what they are busy with already is handed on, and asked for first."""

from collections.abc import Iterator

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, template
from fixbot_repair.candidates.templates.conditions import first_of, returned_by
from fixbot_repair.candidates.templates.empties import annotated

_MOST_RAISED = 2
_SAID = '"goes round in circles"'


@template(
    "guard.cycle",
    0.4,
    "function_definition",
    (
        "def load(path):\n    text = read(path)\n    return [load(p) for p in text]\n",
        "def load(path, _above=()):\n    if path in _above:\n        return []\n    text = read(path)\n    return [load(p, _above + (path,)) for p in text]\n",
    ),
    (
        "def walk(node, out):\n    for child in node.links:\n        walk(child, out)\n",
        "def walk(node, out, _above=()):\n    if node in _above:\n        return\n    for child in node.links:\n        walk(child, out, _above + (node,))\n",
    ),
    (
        "class A:\n    def size(self, name):\n        if not name:\n            raise KeyError(name)\n        return sum(self.size(n) for n in self.parts[name])\n",
        "class A:\n    def size(self, name, _above=()):\n        if name in _above:\n            raise KeyError(name)\n        if not name:\n            raise KeyError(name)\n        return sum(self.size(n, _above + (name,)) for n in self.parts[name])\n",
    ),
)
def cycle(site: Site) -> Proposals:
    """A function that follows links, includes or parents, and comes back to where it is."""
    name, parameters, body = site.field("name"), site.field("parameters"), site.field("body")
    if name is None or parameters is None or body is None or not body.named_children or "*" in text_of(parameters):
        return
    calls = [c for c in walk(body) if c.type == "call" and _calls(c, text_of(name), site)]
    inner = site.code.scope(body)
    own = [n.text for n in inner.names.values() if n.parameter and n.text != inner.method_self]
    if not calls or not own or "_above" in site.text:
        return
    for i, about in enumerate(own[:2]):
        handed = [_handed_on(c, f"_above + ({about},)") for c in calls]
        if all(handed):
            at = parameters.end_byte - 1
            taken = (Span(at, at), ", _above=()")
            for edit, weight in _guards(site, body, about):
                parts = (taken, edit, *(h for h in handed if h is not None))
                yield Rewrite(parts, weight / (1 + 0.5 * i))


def _calls(call: Node, name: str, site: Site) -> bool:
    """Whether `call` calls the function itself."""
    function = call.child_by_field_name("function")
    text = text_of(function) if function is not None else ""
    if site.scope.node.type == "class_definition":
        return text in (f"self.{name}", f"cls.{name}")
    return text == name


def _handed_on(call: Node, value: str) -> tuple[Span, str] | None:
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "argument_list" or "*" in text_of(arguments):
        return None
    parts = [p for p in arguments.named_children if p.type != "comment"]
    is_named = any(p.type == "keyword_argument" for p in parts)
    at = parts[-1].end_byte if parts else arguments.end_byte - 1
    return Span(at, at), f"{', ' if parts else ''}{'_above=' if is_named else ''}{value}"


def _guards(site: Site, body: Node, about: str) -> Iterator[tuple[tuple[Span, str], float]]:
    """What is done with something that is on the way already; asked behind the lines that bring it into its form."""
    first = _behind(body, about)
    indent, unit, eol = site.code.indent_of(first), site.code.indent_unit, site.code.newline
    ways = [f"return {a}" for a in dict.fromkeys([*annotated(first), *returned_by(body)])]
    gives = any(n.type == "return_statement" and n.named_children for n in walk(body))
    ways += ["return []", "return None", "return {}", "return 0"] if gives else ["return"]
    raised = [f"raise {r}" for r in _raised(site, body, about)]
    for i, way in enumerate([*raised, *dict.fromkeys(ways)]):
        text = f"if {about} in _above:{eol}{indent}{unit}{way}{eol}{indent}"
        yield (Span(first.start_byte, first.start_byte), text), 1.0 / (1 + 0.1 * i)


def _behind(body: Node, about: str) -> Node:
    """The first statement behind the docstring and behind what binds `about` anew at the top."""
    at = first_of(body)
    while at.next_named_sibling is not None and text_of(at).startswith(f"{about} = "):
        at = at.next_named_sibling
    return at


def _raised(site: Site, body: Node, about: str) -> Iterator[str]:
    """Exceptions as the file raises them, about `about`: names that are not bound here give way to it, texts to one that fits."""
    bound = {n.text for n in site.code.scope(body).visible(body.end_byte) if n.parameter}
    found = dict[str, None]()
    for statement in (n for n in walk(site.code.root) if n.type == "raise_statement" and n.named_children):
        call = statement.named_children[0]
        function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if call.type == "call" and function is not None and arguments is not None and len(text_of(call)) < _LONG:
            given = [_given(site, a, bound, about) for a in arguments.named_children]
            found[f"{text_of(function)}({', '.join(given)})"] = None
    yield from list(found)[:_MOST_RAISED]


_LONG = 120


def _given(site: Site, argument: Node, bound: set[str], about: str) -> str:
    if argument.type in ("string", "concatenated_string", "binary_operator"):
        return _SAID
    if argument.type in ("integer", "none", "true", "false"):
        return text_of(argument)
    if argument.type == "identifier":
        if text_of(argument) in bound:
            return text_of(argument)
        if site.code.scope(argument).kind(argument) & ~Kind.NUMBER:
            return about if argument.next_named_sibling is None else f"str({about})"
        return "0"
    return f"str({about})" if argument.prev_named_sibling is None else "0"


TEMPLATES = (cycle,)
