"""Files: encodings and line ends, modes, paths and their endings, folders that are there or not, tables of values (CSV), places in a file."""

import re
from collections.abc import Mapping

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import statement_of
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, template
from fixbot_repair.candidates.templates.imports import imports_of
from fixbot_repair.candidates.templates.pitfalls.holes import Found, literal, named_like, trap, traps


def _mode(found: Found) -> str:
    """The mode of an ``open`` among its further arguments; "r" where none is given."""
    for name, node in found.items():
        value = (
            node.named_children[-1] if node.type == "keyword_argument" and text_of(node).startswith("mode") else node
        )
        if name.startswith(("rest", "s")) and isinstance(mode := literal(value), str) and set(mode) <= set("rwaxbt+U"):
            return mode
    return "r"


def _reads(_: Site, found: Found) -> bool:
    return "b" not in _mode(found) and not set(_mode(found)) & set("wax")


def _in_text(_: Site, found: Found) -> bool:
    return "b" not in _mode(found)


_UTF8 = frozenset(("utf-8", "utf8", "UTF-8"))


@template(
    "pitfall.byte_order_mark",
    1.3,
    "keyword_argument",
    ("def f(p):\n    return open(p, encoding='utf-8')\n", "def f(p):\n    return open(p, encoding='utf-8-sig')\n"),
    (
        'def f(p):\n    return p.open("r", encoding="utf-8", newline="")\n',
        'def f(p):\n    return p.open("r", encoding="utf-8-sig", newline="")\n',
    ),
    relies=0.35,
)
def byte_order_mark(site: Site) -> Proposals:
    """A text that is read and may begin with a byte order mark."""
    name, value, call = site.field("name"), site.field("value"), site.node.parent
    if name is None or value is None or call is None or call.parent is None or literal(value) not in _UTF8:
        return
    opened = text_of(call.parent.named_children[0]).rpartition(".")[2]
    written = any(
        set(mode) & set("wax") for a in call.named_children if isinstance(mode := literal(a), str) and len(mode) < 4
    )
    if text_of(name) == "encoding" and opened == "open" and not written:
        at = text_of(value).rindex("8") + 1
        yield Rewrite(((Span(value.start_byte + at, value.start_byte + at), "-sig"),))


def _of_tables(site: Site, found: Found) -> bool:
    """Whether a text file is read or written by the csv module."""
    return _in_text(site, found) and "csv." in text_of(scope_node(site.node)) and "csv" in imports_of(site.code).bound


def _gives_bytes(_: Site, found: Found) -> bool:
    return set(_mode(found)) <= set("rt") and "b" not in _mode(found)


encodings = traps(
    "pitfall.encoding",
    1.2,
    "Texts of others begin with a byte order mark, hold what is not UTF-8, and are not in the encoding of this machine.",
    trap('$x.read_text(encoding="utf-8")', '$x.read_text(encoding="utf-8-sig")', '$x.read_text(encoding="utf-8", errors="replace")'),
    trap('$x.read_text("utf-8")', '$x.read_text("utf-8-sig")'),
    trap("$x.read_text()", '$x.read_text(encoding="utf-8")', '$x.read_text(encoding="utf-8-sig")'),
    trap("$x.write_text($y)", '$x.write_text($y, encoding="utf-8")'),
    trap("$x.write_text(json.dumps($y, *rest))", '$x.write_text(json.dumps($y, *rest), encoding="utf-8")', weight=0.8),
    trap("open($x, *rest)", 'open($x, *rest, encoding="utf-8")', weight=0.9, guard=_in_text),
    trap("open($x, *rest)", 'open($x, *rest, encoding="utf-8-sig")', weight=0.8, guard=_reads),
    trap("$x.decode()", '$x.decode("utf-8", "replace")', '$x.decode("utf-8-sig")', weight=0.8),
    trap('$x.decode("utf-8")', '$x.decode("utf-8-sig")', '$x.decode("utf-8", "replace")'),
    trap('$x.decode("ascii")', '$x.decode("utf-8")', '$x.decode("utf-8", "replace")'),
    trap('$x.encode("ascii")', '$x.encode("utf-8")', '$x.encode("ascii", "replace")'),
    trap('$x.encode("latin-1")', '$x.encode("utf-8")', '$x.encode("latin-1", "replace")'),
    trap('$x.decode("utf-8", "ignore")', '$x.decode("utf-8", "replace")', weight=0.8),
    trap("gzip.open($x)", 'gzip.open($x, "rt", encoding="utf-8")', 'gzip.open($x, "rt")', weight=0.9),
    trap('gzip.open($x, "r")', 'gzip.open($x, "rt", encoding="utf-8")', 'gzip.open($x, "rt")'),
    trap('gzip.open($x, "w")', 'gzip.open($x, "wt", encoding="utf-8")', 'gzip.open($x, "wt")'),
    trap('bz2.open($x, "r")', 'bz2.open($x, "rt", encoding="utf-8")'),
    trap('lzma.open($x, "r")', 'lzma.open($x, "rt", encoding="utf-8")'),
    examples=[
        ("def f(p):\n    return open(p)\n", 'def f(p):\n    return open(p, encoding="utf-8")\n'),
    ],
)  # fmt: skip

tables = traps(
    "pitfall.tables",
    1.6,
    "Fields of CSV hold separators, quotes and line ends: files are opened with ``newline=''``, lines are no rows, and rows end with CR LF.",
    trap("open($x, *rest)", 'open($x, *rest, newline="")', guard=_of_tables),
    trap("$x.open(*rest)", '$x.open(*rest, newline="")', guard=_of_tables),
    *(
        trap(f"csv.{name}($x.{lines}, *rest)", f"csv.{name}(io.StringIO($x), *rest)", f'csv.{name}(io.StringIO($x, newline=""), *rest)', f"csv.{name}($x.splitlines(keepends=True), *rest)")
        for name in ("reader", "DictReader")
        for lines in ("splitlines()", r'split("\n")')
    ),
    trap("csv.writer($x, *rest)", r'csv.writer($x, *rest, lineterminator="\n")', "csv.writer($x, *rest, quoting=csv.QUOTE_ALL)", weight=0.8),
    trap("csv.DictWriter($x, *rest)", 'csv.DictWriter($x, *rest, extrasaction="ignore")', r'csv.DictWriter($x, *rest, lineterminator="\n")', weight=0.9),
    trap("csv.reader($x, *rest)", "csv.reader($x, *rest, skipinitialspace=True)", weight=0.75),
    trap("csv.DictReader($x, *rest)", "csv.DictReader($x, *rest, skipinitialspace=True)", weight=0.75),
    trap("io.StringIO($x)", 'io.StringIO($x, newline="")', weight=0.7, guard=lambda site, _: "csv." in text_of(scope_node(site.node))),
    trap("io.StringIO()", 'io.StringIO(newline="")', weight=0.7, guard=lambda site, _: "csv." in text_of(scope_node(site.node))),
    trap('$line.split(",")', "next(csv.reader([$line]))", weight=0.85),
    trap('$line.strip().split(",")', "next(csv.reader([$line.strip()]))", 'next(csv.reader([$line.rstrip("\\n")]))', weight=0.85),
    trap(r'$line.split("\t")', r'next(csv.reader([$line], delimiter="\t"))', weight=0.7),
    examples=[
        (
            "import csv\ndef f(p):\n    with open(p) as x:\n        return list(csv.reader(x))\n",
            'import csv\ndef f(p):\n    with open(p, newline="") as x:\n        return list(csv.reader(x))\n',
        ),
    ],
)  # fmt: skip


def _lacks_dot(_: Site, found: Found) -> "bool | Mapping[str, str]":
    value = literal(found["s"])
    if not isinstance(value, str) or not value or value[0] == "." or not value.isalnum():
        return False
    quote = text_of(found["s"])[-1]
    return {"dotted": f"{quote}.{value}{quote}"}


_ENDINGS = frozenset(
    [
        "txt",
        "py",
        "csv",
        "json",
        "xml",
        "html",
        "htm",
        "md",
        "log",
        "gz",
        "zip",
        "tar",
        "bz2",
        "xz",
        "yml",
        "yaml",
        "toml",
        "ini",
        "cfg",
        "conf",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "pdf",
        "tmp",
        "bak",
        "js",
        "css",
    ]
)


def _bare_ending(found: Found) -> "bool | Mapping[str, str]":
    value, quote = literal(found["s"]), text_of(found["s"])[-1]
    return {"dotted": f"{quote}.{value}{quote}"} if isinstance(value, str) and value in _ENDINGS else False


def _has_capitals(_: Site, found: Found) -> bool:
    return isinstance(value := literal(found["s"]), str) and value[:1] == "." and value == value.lower()


endings = traps(
    "pitfall.endings",
    1.5,
    "The ending of a name begins with its dot, is only the last of several, replaces what follows any dot, and may be in capitals.",
    trap("$x.with_suffix($s)", "$x.with_suffix($dotted)", guard=_lacks_dot),
    trap("$x.with_suffix($y)", "$x.with_name($x.name + $y)", weight=0.9, guard=lambda _, found: literal(found["y"]) != ""),
    trap("$x.with_suffix($x.suffix + $y)", "$x.with_name($x.name + $y)"),
    trap("$x.suffix == $s", "$x.suffix == $dotted", guard=_lacks_dot),
    trap("$x.suffix != $s", "$x.suffix != $dotted", guard=_lacks_dot),
    trap("$x.suffix == $s", "$x.suffix.lower() == $s", guard=_has_capitals),
    trap("$x.suffix != $s", "$x.suffix.lower() != $s", guard=_has_capitals),
    trap("$x.suffix in $y", "$x.suffix.lower() in $y"),
    trap("$x.suffix not in $y", "$x.suffix.lower() not in $y"),
    trap("$x.endswith($s)", "$x.lower().endswith($s)", weight=0.85, guard=lambda site, found: _has_capitals(site, found) and ".lower()" not in text_of(found["x"])),
    trap("$x.endswith($s)", "$x.endswith($dotted)", weight=0.85, guard=lambda _, found: _bare_ending(found)),
    trap("os.path.splitext($x)[1] == $s", "os.path.splitext($x)[1] == $dotted", guard=_lacks_dot),
    trap("os.path.splitext($x)[1] == $s", "os.path.splitext($x)[1].lower() == $s", guard=_has_capitals),
    trap("os.path.splitext($x)[1] in $y", "os.path.splitext($x)[1].lower() in $y"),
    trap("os.path.splitext($x)[1]", "os.path.splitext($x)[1].lower()", weight=0.8),
    trap("$path.suffix", "$path.suffix.lower()", '"".join($path.suffixes)', weight=0.8),
    trap("$path.stem", '$path.name.removesuffix("".join($path.suffixes))', '$path.name.partition(".")[0]', '$path.name.split(".")[0]', weight=0.9),
    trap('$x.split(".")[-1]', "os.path.splitext($x)[1]", weight=0.5),
    trap('$x.split(".")[0]', "os.path.splitext($x)[0]", '$x.rsplit(".", 1)[0]', weight=0.8),
    trap('$x.name.split(".")[0]', "$x.stem", weight=0.8),
    examples=[
        ('def f(p):\n    return p.with_suffix("bak")\n', 'def f(p):\n    return p.with_suffix(".bak")\n'),
        ('def f(p):\n    return p.suffix == "md"\n', 'def f(p):\n    return p.suffix == ".md"\n'),
        ('def f(p):\n    return p.endswith(".md")\n', 'def f(p):\n    return p.lower().endswith(".md")\n'),
    ],
)  # fmt: skip


def _given(_: Site, found: Found) -> bool:
    """Whether the last part of a path comes from outside: a parameter, or what was read of one."""
    node = found["y"]
    return (
        node.type in ("identifier", "attribute", "subscript", "call")
        and literal(node) is None
        and text_of(node) != "__file__"
    )


def _is_path(site: Site, found: Found) -> bool:
    return _given(site, found) and (named_like(found["x"], "path") or named_like(found["x"], "root"))


def _relative(found: Found) -> "bool | Mapping[str, str]":
    value, quote = literal(found["s"]), text_of(found["s"])[-1]
    if not isinstance(value, str) or value[:1] != "/" or not value.strip("/"):
        return False
    return {"inner": f"{quote}{value.lstrip('/')}{quote}"}


paths = traps(
    "pitfall.paths",
    1.2,
    "An absolute part replaces all before it; a path may begin with ``~``, end with a separator, hold ``..``, and be no file.",
    trap("os.path.join($x, $y)", 'os.path.join($x, $y.lstrip("/"))', "os.path.join($x, $y.lstrip(os.sep))", guard=_given),
    trap("$x / $y", '$x / $y.lstrip("/")', weight=0.9, guard=_is_path),
    trap("os.path.join($x, $s)", "os.path.join($x, $inner)", guard=lambda _, found: _relative(found)),
    trap("$x / $s", "$x / $inner", guard=lambda _, found: _relative(found)),
    trap("os.path.commonprefix($x)", "os.path.commonpath($x)", weight=1.0),
    trap("$x.relative_to($y)", "$x.resolve().relative_to($y.resolve())", "os.path.relpath($x, $y)"),
    trap("os.path.basename($x)", 'os.path.basename($x.rstrip("/"))', "os.path.basename(os.path.normpath($x))"),
    trap("pathlib.Path($path)", "pathlib.Path($path).expanduser()", "pathlib.Path($path).resolve()", weight=0.75),
    trap("os.path.abspath($x)", "os.path.realpath($x)", "os.path.abspath(os.path.expanduser($x))", weight=0.8),
    trap("os.path.expandvars($x)", "os.path.expanduser(os.path.expandvars($x))", weight=0.8),
    trap("os.path.exists($x)", "os.path.isfile($x)", "os.path.isdir($x)", "os.path.lexists($x)", weight=0.75),
    trap("$path.exists()", "$path.is_file()", "$path.is_dir()", weight=0.75),
    trap("$x.absolute()", "$x.resolve()", weight=0.8),
    trap("$path.is_relative_to($y)", "$path.resolve().is_relative_to($y.resolve())"),
    trap("$y in $path.parents", "$path.is_relative_to($y)", "$y in ($path, *$path.parents)"),
    trap('$x + "/" + $y', "os.path.join($x, $y)", '$x.rstrip("/") + "/" + $y.lstrip("/")'),
    trap("$path + $y", "os.path.join($path, $y)", weight=0.6, guard=lambda _, found: found["y"].type in ("identifier", "attribute")),
    examples=[
        ("import os\ndef f(x, y):\n    return os.path.join(x, y)\n", 'import os\ndef f(x, y):\n    return os.path.join(x, y.lstrip("/"))\n'),
        ("def f(root, y):\n    return root / y\n", 'def f(root, y):\n    return root / y.lstrip("/")\n'),
    ],
)  # fmt: skip

folders = traps(
    "pitfall.folders",
    1.6,
    "A folder is there already, or the one above it is not; what it holds comes in no order; names may be taken.",
    trap("$x.mkdir()", "$x.mkdir(parents=True, exist_ok=True)", "$x.mkdir(exist_ok=True)"),
    trap("$x.mkdir(exist_ok=True)", "$x.mkdir(parents=True, exist_ok=True)"),
    trap("$x.mkdir(parents=True)", "$x.mkdir(parents=True, exist_ok=True)"),
    trap("os.mkdir($x)", "os.makedirs($x, exist_ok=True)"),
    trap("os.makedirs($x)", "os.makedirs($x, exist_ok=True)"),
    trap("os.makedirs(os.path.dirname($x), *rest)", 'os.makedirs(os.path.dirname($x) or ".", *rest)', "os.makedirs(os.path.dirname(os.path.abspath($x)), *rest)"),
    trap("os.listdir($x)", "sorted(os.listdir($x))", guard=lambda site, _: _unsorted(site)),
    trap("$x.iterdir()", "sorted($x.iterdir())", guard=lambda site, _: _unsorted(site)),
    trap("$x.glob($y)", "sorted($x.glob($y))", guard=lambda site, _: _unsorted(site)),
    trap("$x.rglob($y)", "sorted($x.rglob($y))", guard=lambda site, _: _unsorted(site)),
    trap("glob.glob($y, *rest)", "sorted(glob.glob($y, *rest))", guard=lambda site, _: _unsorted(site)),
    trap("os.scandir($x)", "sorted(os.scandir($x), key=lambda e: e.name)", guard=lambda site, _: _unsorted(site)),
    trap("$x.glob($s)", "$x.rglob($s)", weight=0.75),
    trap("glob.glob($y)", "glob.glob($y, recursive=True)", "glob.glob(glob.escape($y))", weight=0.75),
    trap("$path.unlink()", "$path.unlink(missing_ok=True)", weight=0.9),
    trap("os.rename($x, $y)", "os.replace($x, $y)", "shutil.move($x, $y)"),
    trap("$x.rename($y)", "$x.replace($y)", "shutil.move($x, $y)", weight=0.9, guard=lambda _, found: named_like(found["x"], "path")),
    trap("shutil.copytree($x, $y, *rest)", "shutil.copytree($x, $y, *rest, dirs_exist_ok=True)"),
    trap("shutil.rmtree($x)", "shutil.rmtree($x, ignore_errors=True)", weight=0.9),
    trap("shutil.copy($x, $y)", "shutil.copy2($x, $y)", weight=0.8),
    trap("shutil.copyfile($x, $y)", "shutil.copy2($x, $y)", "shutil.copy($x, $y)", weight=0.8),
    trap("$x.write($path)", "$x.write($path, arcname=$path.name)", "$x.write($path, os.path.basename($path))", weight=0.8),
    examples=[
        ("def f(p):\n    return list(p.iterdir())\n", "def f(p):\n    return list(sorted(p.iterdir()))\n"),
        ("import os\ndef f(p):\n    return os.listdir(p)\n", "import os\ndef f(p):\n    return sorted(os.listdir(p))\n"),
    ],
)  # fmt: skip


def _unsorted(site: Site) -> bool:
    """Whether the order of what a folder holds can be seen: nothing around sorts, counts or collects in a set."""
    parent = site.node.parent
    call = parent.parent if parent is not None and parent.type == "argument_list" else None
    around = text_of(call.named_children[0]) if call is not None else ""
    return (
        around not in ("sorted", "len", "set", "any", "all", "sum", "max", "min", "frozenset")
        and parent is not None
        and parent.type != "comparison_operator"
    )


buffers = traps(
    "pitfall.buffers",
    1.4,
    "What is written stands behind the place that is read on from; temporary files are binary, and others see them only when flushed.",
    trap("$x.read()", "$x.getvalue()", guard=lambda site, found: bool(re.search(rf"\b{re.escape(text_of(found['x']))} = (?:io\.)?(?:StringIO|BytesIO)\(", text_of(scope_node(site.node))))),
    trap("tempfile.NamedTemporaryFile(*rest)", 'tempfile.NamedTemporaryFile("w", *rest)', guard=lambda _, found: not any(isinstance(literal(node), str) or text_of(node).startswith("mode") for node in found.values())),
    trap("tempfile.NamedTemporaryFile(*rest)", "tempfile.NamedTemporaryFile(*rest, delete=False)", weight=0.8),
    trap("tempfile.TemporaryFile()", 'tempfile.TemporaryFile("w+")'),
    trap("tempfile.mktemp(*rest)", "tempfile.mkstemp(*rest)[1]"),
    trap("tempfile.mkstemp()[0]", "tempfile.mkstemp()[1]"),
    trap('open($x, "r+")', 'open($x, "w")', weight=0.8),
    trap('open($x, "w+")', 'open($x, "r+")', 'open($x, "a+")', weight=0.8),
    trap('open($x, "a+")', 'open($x, "r+")', weight=0.7),
    examples=[
        (
            "import io\ndef f():\n    out = io.StringIO()\n    out.write('a')\n    return out.read()\n",
            "import io\ndef f():\n    out = io.StringIO()\n    out.write('a')\n    return out.getvalue()\n",
        ),
    ],
)  # fmt: skip


def _line_before(site: Site, text: str) -> Rewrite | None:
    """A statement more, before the one of the site; None inside of a line that holds several."""
    statement = statement_of(site.node)
    if statement is None or statement.parent is None or statement.parent.type not in ("block", "module"):
        return None
    line = f"{text}{site.code.newline}{site.code.indent_of(statement)}"
    return Rewrite(((Span(statement.start_byte, statement.start_byte), line),))


@template(
    "pitfall.no_folder",
    1.3,
    "call",
    (
        "def f(path, x):\n    path.write_text(x)\n",
        "def f(path, x):\n    path.parent.mkdir(parents=True, exist_ok=True)\n    path.write_text(x)\n",
    ),
    (
        "import os\ndef f(path, x):\n    with open(path, 'w') as out:\n        out.write(x)\n",
        "import os\ndef f(path, x):\n    os.makedirs(os.path.dirname(path) or \".\", exist_ok=True)\n    with open(path, 'w') as out:\n        out.write(x)\n",
    ),
    relies=0.35,
)
def no_folder(site: Site) -> Proposals:
    """A file is written into a folder that may not be there."""
    function, arguments = site.field("function"), site.field("arguments")
    name = text_of(function) if function is not None else ""
    if (
        function is None
        or arguments is None
        or "mkdir" in text_of(scope_node(site.node))
        or "makedirs" in text_of(scope_node(site.node))
    ):
        return
    given = arguments.named_children
    owner = function.child_by_field_name("object") if function.type == "attribute" else None
    written = len(given) > 1 and text_of(given[1])[1:2] in ("w", "a", "x") and given[1].type == "string"
    opened = name.endswith(".open") and given and text_of(given[0])[1:2] in ("w", "a", "x")
    if owner is not None and (name.endswith((".write_text", ".write_bytes")) or (opened and named_like(owner, "path"))):
        made = _line_before(site, f"{text_of(owner)}.parent.mkdir(parents=True, exist_ok=True)")
    elif (
        name == "open"
        and written
        and given[0].type in ("identifier", "attribute")
        and "os" in imports_of(site.code).bound
    ):
        made = _line_before(site, f'os.makedirs(os.path.dirname({text_of(given[0])}) or ".", exist_ok=True)')
    elif name == "open" and written and given[0].type in ("identifier", "attribute"):
        made = _line_before(site, f"{text_of(given[0])}.parent.mkdir(parents=True, exist_ok=True)")
    else:
        return
    if made is not None:
        yield made


_LAZY = ("reader", "DictReader", "map", "filter", "zip", "enumerate", "iter")


@template(
    "pitfall.closed_early",
    1.6,
    "return_statement",
    (
        "import csv\ndef f(p):\n    with open(p) as x:\n        return csv.reader(x)\n",
        "import csv\ndef f(p):\n    with open(p) as x:\n        return list(csv.reader(x))\n",
    ),
    (
        "def f(p):\n    with open(p) as x:\n        return (line for line in x)\n",
        "def f(p):\n    with open(p) as x:\n        return list(line for line in x)\n",
    ),
    (
        "def f(p):\n    with open(p) as x:\n        return x\n",
        "def f(p):\n    with open(p) as x:\n        return x.read()\n",
    ),
    relies=0.35,
)
def closed_early(site: Site) -> Proposals:
    """What reads a file only when it is gone through, given back out of the block that closes the file."""
    value = site.node.named_children[0] if site.node.named_children else None
    at, target = site.node.parent, ""
    while at is not None and at.type not in ("function_definition", "module"):
        if at.type == "with_statement":
            named = re.search(r" as (\w+)", text_of(at).partition("\n")[0])
            target = named[1] if named else ""
            break
        at = at.parent
    if value is None or not target or not re.search(rf"\b{target}\b", text_of(value)):
        return
    own = text_of(value)
    if value.type == "generator_expression":
        yield Rewrite(((Span(value.start_byte, value.start_byte), "list"),))
    elif value.type == "call" and text_of(value.named_children[0]).rpartition(".")[2] in _LAZY:
        yield Rewrite(((Span(value.start_byte, value.end_byte), f"list({own})"),))
    elif own == target:
        yield Rewrite(((Span(value.end_byte, value.end_byte), ".read()"),))
        yield Rewrite(((Span(value.start_byte, value.end_byte), f"list({own})"),), 0.9)


TEMPLATES: tuple[Template, ...] = (
    encodings,
    byte_order_mark,
    tables,
    endings,
    paths,
    folders,
    buffers,
    no_folder,
    closed_early,
)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.byte_order_mark": ("opendp/dp-wizard#79", "frappe/frappe#22151", "OpenDataServices/cove#771"),
    "pitfall.encoding": ("snap-stanford/Biomni#286", "bdesham/chrome-export#8", "CodeMouse92/Timecard#17"),
    "pitfall.endings": ("equinor/xtgeo#592", "mkb79/audible-cli#97"),
    "pitfall.folders": ("andrewheiss/fauxcasts#1", "SFDO-Tooling/CumulusCI#619", "dgunning/edgartools#206"),
    "pitfall.tables": ("alphagov/notifications-utils#639", "use-agent-os/agent-os#1218", "jazzband/tablib#150"),
}
