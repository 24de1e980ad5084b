"""Patterns of Python: what is read back and may run code, or read files."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import LOAD, XML
from fixbot_agent.completing.cleaning.security.matching import found, without_argument
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rules
from fixbot_agent.completing.cleaning.security.values import Values, is_false, is_true
from fixbot_analysis.source import Span

RULES = Rules(frozenset({"python"}))
_PICKLES = (
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "marshal",
    "jsonpickle",
    "shelve",
    "joblib",
    "pandas",
    "pd",
)
_SAFE = re.compile(r"\b(?:C?SafeLoader|C?BaseLoader)\b")


def unsafe(code: Code, call: Call) -> Finding | None:
    """A load that may run code."""
    module = call.callee.rpartition(".")[0].rpartition(".")[2]
    if module == "yaml":
        return _yaml(code, call)
    if call.is_one("torch.load"):
        return _torch(code, call)
    if call.is_one("numpy.load", "np.load"):
        pickled = call.keywords.get("allow_pickle")
        if pickled is not None and is_true(pickled.value):
            return found(
                LOAD, pickled.node, repair=(without_argument(code, pickled.node),), note="allow_pickle left out"
            )
        return None
    known = (
        module in _PICKLES
        and (call.last != "open" or module == "shelve")
        and (call.last != "decode" or module == "jsonpickle")
    )
    if (
        not known
        or (module in ("pandas", "pd") and call.last != "read_pickle")
        or "dumps(" in " ".join(text(a) for a in call.arguments)
    ):
        return None
    return found(LOAD, call.named)


@RULES.call(
    "load",
    "loads",
    "Unpickler",
    "decode",
    "read_pickle",
    "unsafe_load",
    "unsafe_load_all",
    "full_load",
    "full_load_all",
    "load_all",
    "open",
)
def _load(code: Code, call: Call) -> Finding | None:
    return unsafe(code, call)


def _yaml(code: Code, call: Call) -> Finding | None:
    """yaml.load without a safe loader: the safe function instead."""
    loader = call.keywords.get("loader")
    written = text(loader.value) if loader else text(call.arguments[1]) if len(call.arguments) > 1 else ""
    if code.assigned(text(call.named).partition(".")[0], call.node):
        return None  # an object of that name, ruamel's
    if _SAFE.search(code.resolved(written)):
        return None
    if call.last not in (
        "load",
        "load_all",
        "unsafe_load",
        "unsafe_load_all",
        "full_load",
        "full_load_all",
    ) or _SAFE.search(written):
        return None
    if written and loader is None and "Loader" not in written:
        return None  # a loader of the program's own, or another function
    changes = []
    if call.named.type == "attribute" and (name := call.named.child_by_field_name("attribute")):
        changes.append(Change(span(name), "safe_load_all" if call.last.endswith("all") else "safe_load"))
        if loader is not None:
            changes.append(without_argument(code, loader.node))
        elif len(call.arguments) > 1:
            changes.append(without_argument(code, call.arguments[1]))
    why = loader.node if loader else call.arguments[1] if len(call.arguments) > 1 else None
    return found(LOAD, call.named, why, repair=tuple(changes), note="yaml.safe_load instead")


@RULES.call("YAML")
def _ruamel(code: Code, call: Call) -> Finding | None:
    """ruamel.yaml, told to make any object."""
    kind = call.argument(0, "typ")
    if kind is None or text(kind).strip("\"'") != "unsafe" or b"ruamel" not in code.tree.data:
        return None
    return found(LOAD, call.named, kind, repair=(Change(span(kind), '"safe"'),), note='typ="safe"')


def _torch(_code: Code, call: Call) -> Finding | None:
    only = call.keywords.get("weights_only")
    if only is not None and not is_false(only.value):
        return None
    if only is not None:
        return found(LOAD, only.node, repair=(Change(span(only.value), "True"),), note="weights_only=True")
    end = call.node.end_byte - 1
    return found(
        LOAD,
        call.node,
        repair=(Change(Span(end, end), ", weights_only=True" if call.arguments else "weights_only=True"),),
        note="weights_only=True",
    )


@RULES.call("XMLParser", "setFeature", "parse", "fromstring", "parseString", "XML", "iterparse", "make_parser")
def _xml(code: Code, call: Call) -> Finding | None:
    if call.last == "XMLParser":
        for name in ("resolve_entities", "load_dtd", "huge_tree"):
            given = call.keywords.get(name)
            if given is not None and is_true(given.value):
                return found(XML, given.node, repair=(Change(span(given.value), "False"),), note=f"{name}=False")
        given = call.keywords.get("no_network")
        return (
            found(XML, given.node, repair=(without_argument(code, given.node),), note="no_network left on")
            if given is not None and is_false(given.value)
            else None
        )
    if call.last == "setFeature":
        is_on = len(call.arguments) > 1 and text(call.arguments[1]) in ("True", "1")
        return found(XML, call.node) if is_on and "external" in text(call.arguments[0]) else None
    if (
        b"defusedxml" in code.tree.data
        or not re.search(r"xml|etree|minidom|\bsax\b|ET\b", call.callee)
        or len(call.arguments) != 1
    ):
        return None
    value = Values(code).of(call.arguments[0])
    return found(XML, call.named, call.arguments[0], value) if value.tainted else None


@RULES.value("resolve_entities")
def _entities(_code: Code, given: Given) -> Finding | None:
    return None if given.node.type == "keyword_argument" or not is_true(given.value) else found(XML, given.node)
