"""Programs and their surroundings: environment, command lines, other programs, settings files, copies of objects."""

import re
from collections.abc import Mapping

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import statement_of, walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, template
from fixbot_repair.candidates.templates.imports import spelled
from fixbot_repair.candidates.templates.pitfalls.holes import Found, literal, trap, traps
from fixbot_repair.candidates.templates.pitfalls.texts import is_asked

_YES = 'in ("1", "true", "yes", "on")'


def _is_flag(site: Site, found: Found) -> bool:
    """Whether a setting is on or off: it is only asked, or called like one."""
    words = {
        "debug",
        "verbose",
        "enabled",
        "enable",
        "disable",
        "disabled",
        "dry",
        "strict",
        "force",
        "quiet",
        "no",
        "use",
        "is",
        "allow",
    }
    name = literal(found["s"])
    said = set(re.split(r"[^a-z]+", name.lower())) if isinstance(name, str) else set()
    return not words.isdisjoint(said) or (is_asked(site.node) and _THINGS.isdisjoint(said))


_THINGS = frozenset(
    [
        "path",
        "dir",
        "file",
        "module",
        "name",
        "url",
        "home",
        "key",
        "token",
        "user",
        "password",
        "host",
        "port",
        "id",
        "settings",
        "config",
        "level",
    ]
)


def _is_number(_: Site, found: Found) -> "bool | Mapping[str, str]":
    node = found["n"]
    return {"type": "int" if node.type == "integer" else "float"} if node.type in ("integer", "float") else False


_READS = ("os.environ.get", "os.getenv")
environment = traps(
    "pitfall.environment",
    1.5,
    "Values of the environment are texts: ``0`` and ``false`` are true, an empty one is there, and a number must be made of them.",
    *(row for get in _READS for row in (
        trap(f"bool({get}($s))", f'{get}($s, "").lower() {_YES}', f'{get}($s, "") == "1"'),
        trap(f"bool({get}($s, $y))", f"str({get}($s, $y)).lower() {_YES}"),
        trap(f"{get}($s)", f'{get}($s, "").lower() {_YES}', guard=_is_flag),
        trap(f"{get}($s, False)", f'{get}($s, "").lower() {_YES}'),
        trap(f"{get}($s, True)", f'{get}($s, "1").lower() {_YES}', f'{get}($s, "true").lower() not in ("0", "false", "no", "off", "")'),
        trap(f"{get}($s, $n)", f"$type({get}($s, $n))", f"$type({get}($s) or $n)", guard=_is_number),
        trap(f"int({get}($s, $n))", f"int({get}($s) or $n)"),
        trap(f"float({get}($s, $n))", f"float({get}($s) or $n)"),
        trap(f"int({get}($s))", f"int({get}($s) or 0)", f'int({get}($s, "0"))'),
        trap(f"{get}($s, $y)", f"{get}($s) or $y", weight=0.9),
        trap(f"{get}($s, $y).split($z)", f"[p.strip() for p in {get}($s, $y).split($z) if p.strip()]"),
        trap(f"{get}($s).split($z)", f'[p.strip() for p in {get}($s, "").split($z) if p.strip()]'),
        trap(f"{get}($s) is not None", f"bool({get}($s))", weight=0.8),
        trap(f"{get}($s) == True", f'{get}($s, "").lower() {_YES}'),
        trap(f"{get}($s) is True", f'{get}($s, "").lower() {_YES}'),
    )),
    trap("$s in os.environ", "bool(os.environ.get($s))", weight=0.8),
    trap("os.environ[$s] = $y", "os.environ[$s] = str($y)", weight=0.8),
    examples=[
        ('import os\ndef f():\n    return os.getenv("DEBUG")\n', f'import os\ndef f():\n    return os.getenv("DEBUG", "").lower() {_YES}\n'),
        ('import os\ndef f():\n    return os.environ.get("PORT", 80)\n', 'import os\ndef f():\n    return int(os.environ.get("PORT", 80))\n'),
    ],
)  # fmt: skip


def _lists(_: Site, found: Found) -> bool:
    return '"append"' in _all(found) or "'append'" in _all(found) or "nargs" in _all(found)


def _all(found: Found) -> str:
    return " ".join(text_of(node) for node in found.values())


def _no_switch(_: Site, found: Found) -> bool:
    return "action" not in _all(found) and "nargs" not in _all(found)


arguments = traps(
    "pitfall.arguments",
    1.7,
    "``type=bool`` is true for every text, ``type=list`` makes letters, a default list is shared, dashes in names become underscores.",
    trap("$x.add_argument($s, type=bool, *rest)", '$x.add_argument($s, action="store_true", *rest)', '$x.add_argument($s, type=lambda v: v.lower() in ("1", "true", "yes", "on"), *rest)', "$x.add_argument($s, action=argparse.BooleanOptionalAction, *rest)"),
    trap("$x.add_argument($s, type=bool, default=$y)", '$x.add_argument($s, action="store_true", default=$y)', '$x.add_argument($s, action="store_true")'),
    trap("$x.add_argument($s, type=bool, default=True)", '$x.add_argument($s, action="store_false")', "$x.add_argument($s, action=argparse.BooleanOptionalAction, default=True)"),
    trap("$x.add_argument($s, type=list, *rest)", '$x.add_argument($s, nargs="*", *rest)', '$x.add_argument($s, nargs="+", *rest)', '$x.add_argument($s, type=lambda v: v.split(","), *rest)'),
    trap('$x.add_argument($s, action="store_true", default=True)', '$x.add_argument($s, action="store_false")', "$x.add_argument($s, action=argparse.BooleanOptionalAction, default=True)"),
    trap('$x.add_argument($s, action="store_false", default=False)', '$x.add_argument($s, action="store_true")'),
    trap('$x.add_argument($s, action="append", default=[$y], *rest)', '$x.add_argument($s, action="append", *rest)'),
    trap('$x.add_argument($s, action="append", *rest)', '$x.add_argument($s, action="append", *rest, default=[])', '$x.add_argument($s, action="extend", *rest, nargs="+")', weight=0.8),
    trap('$x.add_argument($s, nargs="+", *rest)', '$x.add_argument($s, nargs="*", *rest)', weight=0.8),
    trap('$x.add_argument($s, nargs="*", *rest)', '$x.add_argument($s, nargs="+", *rest)', '$x.add_argument($s, nargs="*", *rest, default=[])', weight=0.75),
    trap("$x.add_argument($s, nargs=1, *rest)", "$x.add_argument($s, *rest)"),
    trap("$x.add_argument($s, default=$n, *rest)", "$x.add_argument($s, type=$type, default=$n, *rest)", guard=lambda site, found: _no_switch(site, found) and "type=" not in _all(found) and _is_number(site, found)),
    trap("$x.add_subparsers(*rest)", "$x.add_subparsers(*rest, required=True)", '$x.add_subparsers(*rest, dest="command", required=True)', weight=0.9),
    trap("$x.parse_args(sys.argv)", "$x.parse_args(sys.argv[1:])", "$x.parse_args()"),
    trap("$x.parse_args()", "$x.parse_args(argv)", guard=lambda site, _: "argv" in site.scope.names),
    trap("$x.parse_args()", "$x.parse_args(args)", guard=lambda site, _: "args" in site.scope.names and site.scope.names["args"].parameter),
    trap("getattr($x, $s)", "getattr($x, $under)", guard=lambda _, found: _underscored(found)),
    trap("getattr($x, $s, $y)", "getattr($x, $under, $y)", guard=lambda _, found: _underscored(found)),
    examples=[
        (
            'def f(p):\n    p.add_argument("-n", default=3)\n',
            'def f(p):\n    p.add_argument("-n", type=int, default=3)\n',
        ),
        ("def f(p, argv):\n    return p.parse_args()\n", "def f(p, argv):\n    return p.parse_args(argv)\n"),
    ],
)  # fmt: skip


def _underscored(found: Found) -> "bool | Mapping[str, str]":
    value = literal(found["s"])
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]+(?:-[a-z]+)+", value):
        return False
    quote = text_of(found["s"])[-1]
    return {"under": f"{quote}{value.replace('-', '_')}{quote}"}


def _as_text(_: Site, found: Found) -> bool:
    return not any(word in _all(found) for word in ("text=", "universal_newlines=", "encoding=", "**"))


def _captured(site: Site, found: Found) -> bool:
    return _as_text(site, found) and any(word in _all(found) for word in ("capture_output", "stdout=", "PIPE"))


def _is_list(_: Site, found: Found) -> bool:
    return found["x"].type == "list" or "split(" in text_of(found["x"])


commands = traps(
    "pitfall.commands",
    1.4,
    "Command lines are split and put together by the rules of the shell; what programs write is bytes with a line feed at the end; failures are silent.",
    trap("$command.split()", "shlex.split($command)"),
    trap('$command.split(" ")', "shlex.split($command)"),
    trap('" ".join($command)', "shlex.join($command)", '" ".join(shlex.quote(a) for a in $command)'),
    trap('" ".join(map(str, $command))', "shlex.join(map(str, $command))"),
    trap("subprocess.check_output($x, *rest)", "subprocess.check_output($x, *rest, text=True)", guard=_as_text),
    trap("subprocess.check_output($x, *rest)", "subprocess.check_output($x, *rest).strip()", "subprocess.check_output($x, *rest, stderr=subprocess.STDOUT)", weight=0.75),
    trap("subprocess.run($x, *rest)", "subprocess.run($x, *rest, text=True)", guard=_captured),
    trap("subprocess.run($x, *rest)", "subprocess.run($x, *rest, check=True)", weight=0.9),
    trap("subprocess.run($x, *rest)", "subprocess.run($x, *rest, capture_output=True, text=True)", weight=0.7, guard=lambda _, found: "stdout" not in _all(found)),
    trap("subprocess.Popen($x, *rest)", "subprocess.Popen($x, *rest, text=True)", guard=_captured),
    *(
        trap(f"subprocess.{name}($x, shell=True, *rest)", f"subprocess.{name}($x, *rest)", f"subprocess.{name}(shlex.join($x), shell=True, *rest)", guard=_is_list)
        for name in ("run", "call", "check_call", "check_output", "Popen")
    ),
    trap("subprocess.call($x, *rest)", "subprocess.check_call($x, *rest)", weight=0.8),
    trap("$x.stdout.read()", "$x.communicate()[0]", weight=0.8),
    trap("$x.stdout.decode()", "$x.stdout.decode().strip()", '$x.stdout.decode("utf-8", "replace")', weight=0.8),
    trap('$x.stdout.split("\\n")', "$x.stdout.splitlines()"),
    trap("sys.argv[0]", "sys.argv[1]", weight=0.7),
    trap("shlex.split($x)", "shlex.split($x, comments=True)", weight=0.7),
    examples=[
        ("import subprocess\ndef f(c):\n    return subprocess.check_output(c)\n", "import subprocess\ndef f(c):\n    return subprocess.check_output(c, text=True)\n"),
    ],
)  # fmt: skip


@template(
    "pitfall.unquoted_command",
    1.4,
    "call",
    (
        'import os\ndef f(path):\n    os.system(f"rm {path}")\n',
        'import shlex\nimport os\ndef f(path):\n    os.system(f"rm {shlex.quote(path)}")\n',
    ),
    (
        'import shlex\nimport subprocess\ndef f(path):\n    subprocess.run(f"ls {path}", shell=True)\n',
        'import shlex\nimport subprocess\ndef f(path):\n    subprocess.run(f"ls {shlex.quote(path)}", shell=True)\n',
    ),
    relies=0.35,
)
def unquoted_command(site: Site) -> Proposals:
    """Values put into a line for the shell as they are."""
    function, given = site.field("function"), site.field("arguments")
    name = text_of(function) if function is not None else ""
    if (
        given is None
        or not given.named_children
        or not (name.endswith(("system", "popen", "getoutput")) or "shell=True" in text_of(given))
    ):
        return
    line = given.named_children[0]
    values = [
        part.named_children[0] for part in line.named_children if part.type == "interpolation" and line.type == "string"
    ]
    values = [value for value in values if "quote" not in text_of(value)]
    if values:
        name, added = spelled(site, "shlex.quote")
        yield Rewrite((*((span(v), f"{name}({text_of(v)})") for v in values), *added))


log_setup = traps(
    "pitfall.log_setup",
    1.1,
    "Names of levels are in capitals; ``basicConfig`` does nothing where there are handlers already.",
    trap("$x.setLevel($variable)", "$x.setLevel($variable.upper())"),
    trap("getattr(logging, $x)", "getattr(logging, $x.upper())"),
    trap("getattr(logging, $x, $y)", "getattr(logging, $x.upper(), $y)"),
    trap("logging.basicConfig(*rest)", "logging.basicConfig(*rest, force=True)"),
    trap(
        "logging.basicConfig(level=$variable, *rest)", "logging.basicConfig(level=$variable.upper(), *rest)", weight=0.9
    ),
    trap("logging.warn($x, *rest)", "logging.warning($x, *rest)"),
)


def _is_switch(_: Site, found: Found) -> bool:
    key = literal(found["k"]) if "k" in found else None
    words = {
        "debug",
        "verbose",
        "enabled",
        "enable",
        "disabled",
        "dry",
        "strict",
        "force",
        "quiet",
        "use",
        "is",
        "allow",
        "active",
    }
    return isinstance(key, str) and not words.isdisjoint(re.split(r"[^a-z]+", key.lower()))


def _of_settings(site: Site, found: Found) -> bool:
    """Whether a value is read by section and key, in a file that has the module for that."""
    return "configparser" in site.code.data[:6000].decode("utf-8", "replace").lower() and text_of(
        found["x"]
    ).rpartition(".")[2] not in ("os", "requests", "session", "client")


settings = traps(
    "pitfall.settings",
    1.6,
    "Settings files: ``%`` begins a reference, keys lose their capitals, all values are texts, and what is missing raises.",
    trap("configparser.ConfigParser()", "configparser.ConfigParser(interpolation=None)", "configparser.RawConfigParser()", "configparser.ConfigParser(allow_no_value=True)", 'configparser.ConfigParser(inline_comment_prefixes=("#", ";"))', "configparser.ConfigParser(strict=False)", 'configparser.ConfigParser(delimiters=("=",))'),
    trap("configparser.ConfigParser($y, *rest)", "configparser.ConfigParser($y, *rest, interpolation=None)"),
    trap("bool($x.get($y, $k))", "$x.getboolean($y, $k)", guard=_of_settings),
    trap("bool($x[$y][$k])", "$x.getboolean($y, $k)", "$x[$y].getboolean($k)", guard=_of_settings),
    trap("bool($x.get($k))", "$x.getboolean($k)", guard=_of_settings),
    trap("$x.get($y, $k)", "$x.getboolean($y, $k)", guard=lambda site, found: _of_settings(site, found) and _is_switch(site, found)),
    trap("$x[$y][$k]", "$x.getboolean($y, $k)", "$x[$y].getboolean($k)", guard=lambda site, found: _of_settings(site, found) and _is_switch(site, found)),
    trap("int($x.get($y, $k))", "$x.getint($y, $k)", weight=0.7, guard=_of_settings),
    trap("$x.get($y, $k)", "$x.get($y, $k, fallback=None)", '$x.get($y, $k, fallback="")', "$x.get($y, $k, raw=True)", weight=0.8, guard=lambda site, found: _of_settings(site, found) and isinstance(literal(found["k"]), str)),
    trap("$x.getboolean($y, $k)", "$x.getboolean($y, $k, fallback=False)", weight=0.8, guard=_of_settings),
    trap("$x.set($y, $k, $z)", "$x.set($y, $k, str($z))", '$x.set($y, $k, str($z).replace("%", "%%"))', guard=_of_settings),
    examples=[
        (
            'import configparser\ndef f(c):\n    return bool(c.get("a", "b"))\n',
            'import configparser\ndef f(c):\n    return c.getboolean("a", "b")\n',
        ),
        (
            'import configparser\ndef f(c):\n    return c["a"]["debug"]\n',
            'import configparser\ndef f(c):\n    return c.getboolean("a", "debug")\n',
        ),
    ],
)  # fmt: skip


@template(
    "pitfall.keys_case",
    1.3,
    "assignment",
    (
        "import configparser\ndef f():\n    c = configparser.ConfigParser()\n    return c\n",
        "import configparser\ndef f():\n    c = configparser.ConfigParser()\n    c.optionxform = str\n    return c\n",
    ),
    (
        "import configparser\nC = configparser.RawConfigParser()\n",
        "import configparser\nC = configparser.RawConfigParser()\nC.optionxform = str\n",
    ),
    relies=0.35,
)
def keys_case(site: Site) -> Proposals:
    """A parser of settings makes all keys small, unless it is told not to."""
    left, right = site.field("left"), site.field("right")
    if (
        left is None
        or right is None
        or right.type != "call"
        or not text_of(right.named_children[0]).endswith("ConfigParser")
    ):
        return
    if b"optionxform" not in site.code.data:
        end = site.code.line_end(site.node.end_byte)
        line = f"{site.code.newline}{site.code.indent_of(statement_of(site.node) or site.node)}{text_of(left)}.optionxform = str"
        yield Rewrite(((Span(end, end), line),))


@template(
    "pitfall.copied_state",
    1.5,
    "return_statement function_definition",
    (
        "class A:\n    def __getstate__(self):\n        state = self.__dict__\n        del state['lock']\n        return state\n",
        "class A:\n    def __getstate__(self):\n        state = self.__dict__.copy()\n        del state['lock']\n        return state\n",
    ),
    (
        "class A:\n    def __getattr__(self, name):\n        return getattr(self.inner, name)\n",
        "class A:\n    def __getattr__(self, name):\n        if name.startswith('__'):\n            raise AttributeError(name)\n        return getattr(self.inner, name)\n",
    ),
    (
        "class A(dict):\n    def __getattr__(self, name):\n        return self[name]\n",
        "class A(dict):\n    def __getattr__(self, name):\n        try:\n            return self[name]\n        except KeyError:\n            raise AttributeError(name) from None\n",
    ),
    relies=0.35,
)
def copied_state(site: Site) -> Proposals:
    """Hooks of copying and pickling: a state that is the object's own, attributes asked for before there are any, the wrong error."""
    node = site.node
    if node.type == "return_statement":
        yield from _key_error(site)
        return
    name, body = site.field("name"), site.field("body")
    if name is None or body is None or not body.named_children:
        return
    if text_of(name) == "__getstate__":
        for inner in walk(body):
            parent = inner.parent
            if (
                inner.type == "attribute"
                and text_of(inner) == "self.__dict__"
                and parent is not None
                and parent.type in ("assignment", "return_statement")
            ):
                yield Rewrite(((Span(inner.end_byte, inner.end_byte), ".copy()"),))
    elif text_of(name) == "__getattr__" and "startswith" not in text_of(body) and "AttributeError" not in text_of(body):
        taken = re.search(r"\(\s*\w+\s*,\s*(\w+)", text_of(site.field("parameters") or node))
        first = body.named_children[0]
        if taken is not None:
            indent, unit, eol = site.code.indent_of(first), site.code.indent_unit, site.code.newline
            guard = f"if {taken[1]}.startswith('__'):{eol}{indent}{unit}raise AttributeError({taken[1]}){eol}{indent}"
            yield Rewrite(((Span(first.start_byte, first.start_byte), guard),))


def _key_error(site: Site) -> Proposals:
    """``return self.data[name]`` in ``__getattr__``, whose failure must be an AttributeError."""
    name = site.scope.node.child_by_field_name("name")
    value = site.node.named_children[0] if site.node.named_children else None
    if (
        name is None
        or text_of(name) != "__getattr__"
        or value is None
        or value.type != "subscript"
        or "\n" in site.text
    ):
        return
    key = text_of(value.named_children[-1])
    indent, unit, eol = site.code.indent_of(site.node), site.code.indent_unit, site.code.newline
    body = f"try:{eol}{indent}{unit}{site.text}{eol}{indent}except KeyError:{eol}{indent}{unit}raise AttributeError({key}) from None"
    if (
        site.node.parent is not None
        and site.node.parent.parent is not None
        and site.node.parent.parent.type != "try_statement"
    ):
        yield replace(site.node, body)


TEMPLATES: tuple[Template, ...] = (
    environment,
    arguments,
    commands,
    log_setup,
    unquoted_command,
    settings,
    keys_case,
    copied_state,
)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.arguments": ("LID-DS/LID-DS#424", "Rostlab/SeqVec#8", "nwojke/deep_sort#49"),
    "pitfall.commands": ("trek10inc/awsume#307", "sherpa-ai/sherpa#90", "dcos/shakedown#29"),
    "pitfall.environment": (
        "chaddewitt/docker-stats-exporter#6",
        "ngosang/restic-exporter#51",
        "drndos/openspoolman#48",
    ),
    "pitfall.settings": ("liip/wrench#13", "psss/did#233", "ansible/ansible#59851"),
}
