"""Formats on the wire: JSON, addresses and their queries, HTML and XML, headers, base64, packed numbers."""

import re
from collections.abc import Mapping
from itertools import pairwise

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, template
from fixbot_repair.candidates.templates.imports import spelled
from fixbot_repair.candidates.templates.pitfalls.holes import Found, last_name, literal, named_like, trap, traps

_KEYED = re.compile(
    r"(?i)hash|sha\d|md5|digest|hexdigest|signature|fingerprint|cache_?key|etag|checksum|canonical|\bkey\b"
)


def _is_keyed(site: Site, _: Found) -> bool:
    """Whether the function makes a key or a digest of what it writes."""
    return _KEYED.search(text_of(scope_node(site.node))[:2000]) is not None


def _is_round(site: Site, _: Found) -> bool:
    """Whether the file also writes JSON: what is read back is compared with what was written."""
    return b"json.dump" in site.code.data


def _is_refused(site: Site, _: Found) -> bool:
    """Whether a test fails because of a type: of a value that JSON does not know, perhaps."""
    return "TypeError" in site.code.symptoms.raised


json_options = traps(
    "pitfall.json",
    1.2,
    "JSON has only texts as keys and lists for tuples, knows no dates, sets, decimals or paths, and by default escapes what is not ASCII and writes NaN.",
    *(
        trap(f"json.{name}($x, *rest)", f"json.{name}($x, *rest, sort_keys=True)", f'json.{name}($x, *rest, sort_keys=True, separators=(",", ":"))', guard=_is_keyed)
        for name in ("dumps",)
    ),
    trap("json.dumps($x, *rest)", "json.dumps($x, *rest, default=str)", "json.dumps($x, *rest, default=list)", "json.dumps($x, *rest, default=sorted)", guard=_is_refused),
    trap("json.dump($x, $y, *rest)", "json.dump($x, $y, *rest, default=str)", "json.dump($x, $y, *rest, default=list)", guard=_is_refused),
    trap("json.dumps($x, *rest)", "json.dumps($x, *rest, ensure_ascii=False)", "json.dumps($x, *rest, sort_keys=True)", "json.dumps($x, *rest, default=str)", "json.dumps($x, *rest, allow_nan=False)", weight=0.85),
    trap("json.dump($x, $y, *rest)", "json.dump($x, $y, *rest, ensure_ascii=False)", "json.dump($x, $y, *rest, sort_keys=True)", "json.dump($x, $y, *rest, default=str)", weight=0.85),
    trap("json.loads($x)", "{int(k): v for k, v in json.loads($x).items()}", "json.loads($x, parse_float=decimal.Decimal)", "json.loads($x or 'null')", weight=0.8, guard=_is_round),
    trap("json.load($x)", "{int(k): v for k, v in json.load($x).items()}", "json.load($x, parse_float=decimal.Decimal)", weight=0.8, guard=_is_round),
    trap("json.loads($x.read())", "json.load($x)", weight=0.4),
    trap("str($x).replace(\"'\", '\"')", "json.dumps($x)"),
    trap("eval($x)", "json.loads($x)", "ast.literal_eval($x)", weight=0.8),
    trap("json.dumps(str($x))", "json.dumps($x)", weight=0.8),
    examples=[
        (
            "import json\ndef cache_key(x):\n    return json.dumps(x)\n",
            "import json\ndef cache_key(x):\n    return json.dumps(x, sort_keys=True)\n",
        ),
    ],
)  # fmt: skip

quoting = traps(
    "pitfall.quoting",
    1.5,
    "``quote`` leaves slashes, ``quote_plus`` is for forms alone; lists want ``doseq``, blank values are left out; what is quoted twice stays quoted.",
    trap("urllib.parse.quote($x)", 'urllib.parse.quote($x, safe="")', "urllib.parse.quote_plus($x)"),
    trap('urllib.parse.quote($x, safe="")', "urllib.parse.quote($x)", "urllib.parse.quote_plus($x)", weight=0.7),
    trap("urllib.parse.quote_plus($x)", 'urllib.parse.quote($x, safe="")', "urllib.parse.quote($x)"),
    trap("urllib.parse.unquote($x)", "urllib.parse.unquote_plus($x)"),
    trap("urllib.parse.unquote_plus($x)", "urllib.parse.unquote($x)"),
    trap("urllib.parse.unquote($x).split($s)", "[urllib.parse.unquote(p) for p in $x.split($s)]"),
    trap("urllib.parse.parse_qs(urllib.parse.unquote($x))", "urllib.parse.parse_qs($x)"),
    trap("urllib.parse.parse_qsl(urllib.parse.unquote($x))", "urllib.parse.parse_qsl($x)"),
    trap("urllib.parse.urlparse(urllib.parse.unquote($x))", "urllib.parse.urlparse($x)"),
    trap("urllib.parse.quote(urllib.parse.quote($x))", "urllib.parse.quote($x)"),
    trap("urllib.parse.unquote(urllib.parse.unquote($x))", "urllib.parse.unquote($x)"),
    trap("urllib.parse.urlencode($x, *rest)", "urllib.parse.urlencode($x, *rest, doseq=True)"),
    trap("urllib.parse.urlencode($x)", "urllib.parse.urlencode(sorted($x.items()))", "urllib.parse.urlencode($x, quote_via=urllib.parse.quote)", "urllib.parse.urlencode({k: v for k, v in $x.items() if v is not None})", weight=0.8),
    trap("urllib.parse.parse_qs($x, *rest)", "urllib.parse.parse_qs($x, *rest, keep_blank_values=True)"),
    trap("urllib.parse.parse_qsl($x, *rest)", "urllib.parse.parse_qsl($x, *rest, keep_blank_values=True)"),
    trap("dict(urllib.parse.parse_qsl($x, *rest))", "urllib.parse.parse_qs($x, *rest)", "dict(urllib.parse.parse_qsl($x, *rest, keep_blank_values=True))"),
    trap("urllib.parse.parse_qs($x)[$y]", "urllib.parse.parse_qs($x)[$y][0]"),
    trap("urllib.parse.parse_qs($x).get($y)", "urllib.parse.parse_qs($x).get($y, [None])[0]", 'urllib.parse.parse_qs($x).get($y, [""])[0]'),
    trap("$url.split($s)[0]", "urllib.parse.urlsplit($url).path", weight=0.6, guard=lambda _, found: literal(found["s"]) in ("?", "#")),
    trap("urllib.parse.urlparse($x).netloc", "urllib.parse.urlparse($x).hostname"),
    trap("urllib.parse.urlsplit($x).netloc", "urllib.parse.urlsplit($x).hostname"),
    trap("urllib.parse.urlparse($x).path", "urllib.parse.unquote(urllib.parse.urlparse($x).path)", weight=0.7),
)  # fmt: skip


def _two_parts(_: Site, found: Found) -> bool:
    return literal(found["url"]) is None


addresses = traps(
    "pitfall.addresses",
    1.4,
    "``urljoin`` drops the last part of a base without a slash, and all of its path for one that begins with one; two slashes are not one.",
    trap(
        "urllib.parse.urljoin($x, $y)",
        'urllib.parse.urljoin($x.rstrip("/") + "/", $y.lstrip("/"))',
        'urllib.parse.urljoin($x.rstrip("/") + "/", $y)',
        '$x.rstrip("/") + "/" + $y.lstrip("/")',
        'urllib.parse.urljoin($x, $y.lstrip("/"))',
    ),
    trap('$url + "/" + $y', '$url.rstrip("/") + "/" + $y.lstrip("/")', '$url.rstrip("/") + "/" + $y'),
    trap("$url + $name", '$url.rstrip("/") + "/" + $name.lstrip("/")', "urllib.parse.urljoin($url, $name)", weight=0.75, guard=_two_parts),
    trap('"/".join([$url, $y])', '"/".join([$url.rstrip("/"), $y.lstrip("/")])', '"/".join([$url.strip("/"), $y.strip("/")])'),
    trap("$url == $y", '$url.rstrip("/") == $y.rstrip("/")', weight=0.6, guard=lambda _, found: literal(found["y"]) is None and found["y"].type in ("identifier", "attribute") and literal(found["url"]) is None),
)  # fmt: skip


markup = traps(
    "pitfall.markup",
    1.4,
    "Quotes in attributes must be escaped too; an element without children is false; a tag may be absent or deeper.",
    trap("html.escape($x, quote=False)", "html.escape($x)", "html.escape($x, quote=True)"),
    trap("html.escape($x, False)", "html.escape($x)"),
    trap("html.escape(html.escape($x))", "html.escape($x)"),
    trap("html.unescape(html.unescape($x))", "html.unescape($x)"),
    trap("xml.sax.saxutils.escape($x)", "xml.sax.saxutils.escape($x, {'\"': \"&quot;\"})", "xml.sax.saxutils.quoteattr($x)"),
    trap("$x.find($y).text", '$x.findtext($y, "")', "$x.findtext($y)"),
    trap("$x.findtext($y)", '$x.findtext($y, "")', '($x.findtext($y) or "")', weight=0.9),
    trap("$x.findall($s)", "$x.iter($s)", weight=0.6, guard=lambda site, found: "etree" in site.code.data[:4000].decode("utf-8", "replace").lower() and "/" not in text_of(found["s"])),
)  # fmt: skip

headers = traps(
    "pitfall.headers",
    1.4,
    "Names of headers come in any case, several times, and with parameters behind a semicolon.",
    trap("$media == $s", '$media.split(";")[0].strip().lower() == $s', '$media.partition(";")[0].strip() == $s', "$media.startswith($s)"),
    trap("$media != $s", '$media.split(";")[0].strip().lower() != $s', '$media.partition(";")[0].strip() != $s', "not $media.startswith($s)"),
    trap("$media in $name", '$media.split(";")[0].strip().lower() in $name'),
    trap("$headers.get($s)", "{k.lower(): v for k, v in $headers.items()}.get($low)", guard=lambda _, found: _lowered(found)),
    trap("$headers[$s]", "{k.lower(): v for k, v in $headers.items()}[$low]", guard=lambda site, found: not _is_target(site) and _lowered(found)),
    trap("$headers.get($s, $z)", "{k.lower(): v for k, v in $headers.items()}.get($low, $z)", guard=lambda _, found: _lowered(found)),
    trap("$s in $headers", "$low in {k.lower() for k in $headers}", guard=lambda _, found: _lowered(found)),
    trap("$headers[$variable] = $y", "$headers[$variable.lower()] = $y", "$headers.setdefault($variable, []).append($y)", weight=0.8),
    trap("$headers.get($variable)", "$headers.get($variable.lower())", weight=0.8),
    trap("$x.get_all($y)", "$x.get_all($y, [])"),
    examples=[
        (
            'def f(headers):\n    return headers.get("Content-Type")\n',
            'def f(headers):\n    return {k.lower(): v for k, v in headers.items()}.get("content-type")\n',
        ),
    ],
)  # fmt: skip


def _lowered(found: Found) -> "bool | Mapping[str, str]":
    value = literal(found["s"])
    if (
        not isinstance(value, str)
        or not re.fullmatch(r"[A-Za-z]+(?:-[A-Za-z]+)*", value)
        or (value[:1].islower() and "-" not in value)
    ):
        return False
    quote = text_of(found["s"])[-1]
    return {"low": f"{quote}{value.lower()}{quote}"}


def _is_target(site: Site) -> bool:
    parent = site.node.parent
    return (
        parent is not None
        and parent.type in ("assignment", "augmented_assignment", "delete_statement")
        and parent.named_children[0] == site.node
    )


base64_forms = traps(
    "pitfall.base64",
    1.5,
    "Base64 comes without its padding, in two alphabets, takes and gives bytes, and in the old form with line ends.",
    *(
        row
        for name in ("b64decode", "urlsafe_b64decode")
        for row in (
            trap(f"base64.{name}($x)", f'base64.{name}($x + "=" * (-len($x) % 4))', f'base64.{name}($x + b"=" * (-len($x) % 4))'),
            trap(f'base64.{name}($x + "==")', f'base64.{name}($x + "=" * (-len($x) % 4))', weight=0.8),
        )
    ),
    trap("base64.b64decode($x)", "base64.urlsafe_b64decode($x)", "base64.b64decode($x, validate=True)", weight=0.8),
    trap("base64.urlsafe_b64decode($x)", "base64.b64decode($x)", weight=0.7),
    trap("base64.b64encode($x).decode(*rest)", "base64.urlsafe_b64encode($x).decode(*rest)", weight=0.9),
    trap("base64.urlsafe_b64encode($x).decode(*rest)", 'base64.urlsafe_b64encode($x).decode(*rest).rstrip("=")', weight=0.9),
    trap("base64.b64encode($x)", "base64.b64encode($x).decode()", "base64.urlsafe_b64encode($x)", weight=0.85),
    trap("base64.b64encode(str($x))", "base64.b64encode(str($x).encode())"),
    trap("base64.encodebytes($x)", "base64.b64encode($x)"),
    trap('"=" * (4 - len($x) % 4)', '"=" * (-len($x) % 4)'),
    trap('"=" * (len($x) % 4)', '"=" * (-len($x) % 4)'),
    trap('b"=" * (4 - len($x) % 4)', 'b"=" * (-len($x) % 4)'),
)  # fmt: skip


def _is_kept(site: Site, _: Found) -> bool:
    """Whether a hash is no object's own, but one that must be the same in the next run."""
    name = scope_node(site.node).child_by_field_name("name")
    return (
        name is not None
        and not text_of(name).startswith("__")
        and site.node.parent is not None
        and site.node.parent.type != "comparison_operator"
    )


def _no_order(_: Site, found: Found) -> "bool | Mapping[str, str]":
    value = literal(found["s"])
    if not isinstance(value, str) or value[:1] in tuple("<>!=@") or not re.search(r"[hHiIlLqQfdbB]", value):
        return False
    quote = text_of(found["s"])[-1]
    return {"big": f"{quote}>{value}{quote}", "little": f"{quote}<{value}{quote}"}


packed = traps(
    "pitfall.packed",
    1.3,
    "Numbers packed in the order and with the gaps of this machine, or of the other order, or without their sign.",
    *(
        trap(f"struct.{name}($s, *rest)", f"struct.{name}($little, *rest)", f"struct.{name}($big, *rest)", guard=_no_order)
        for name in ("pack", "unpack", "unpack_from", "calcsize", "Struct", "iter_unpack")
    ),
    trap('$x.to_bytes($n, "little")', '$x.to_bytes($n, "big")', '$x.to_bytes($n, "little", signed=True)', weight=0.8),
    trap('$x.to_bytes($n, "big")', '$x.to_bytes($n, "little")', '$x.to_bytes($n, "big", signed=True)', weight=0.8),
    trap('int.from_bytes($x, "big")', 'int.from_bytes($x, "little")', 'int.from_bytes($x, "big", signed=True)', weight=0.8),
    trap('int.from_bytes($x, "little")', 'int.from_bytes($x, "big")', 'int.from_bytes($x, "little", signed=True)', weight=0.8),
    trap("$x.digest()", "$x.hexdigest()", weight=0.8),
    trap("binascii.hexlify($x)", "binascii.hexlify($x).decode()", "$x.hex()"),
    trap("zlib.crc32($x)", "(zlib.crc32($x) & 0xFFFFFFFF)", weight=0.6),
    trap("hex($x)[2:]", 'f"{$x:02x}"', 'format($x, "x")', weight=0.9),
    trap("bin($x)[2:]", 'f"{$x:08b}"', 'format($x, "b")', weight=0.9),
    trap('"".join(hex($b)[2:] for $b in $x)', "$x.hex()"),
    trap("$x.decode('hex')", "bytes.fromhex($x)"),
    trap("hash($x)", "int(hashlib.sha256(str($x).encode()).hexdigest(), 16)", "zlib.crc32(str($x).encode())", weight=0.7, guard=_is_kept),
    examples=[
        ('import struct\ndef f(n):\n    return struct.pack("IH", n, 1)\n', 'import struct\ndef f(n):\n    return struct.pack("<IH", n, 1)\n'),
    ],
)  # fmt: skip

_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*[\s/>]")
_SAFE = re.compile(
    r"escape|quote|url_?encode|len\(|str\(int|:[^}]*[dfx]\}?\Z|\bint\(|safe|markup|html|\Acount|\Ai\Z|\An\Z|render|attrs?\Z"
)
_MOST_VALUES = 6


@template(
    "pitfall.markup_value",
    1.5,
    "string",
    (
        'import html\ndef f(name):\n    return f"<b>{name}</b>"\n',
        'import html\ndef f(name):\n    return f"<b>{html.escape(name)}</b>"\n',
    ),
    (
        "def f(a, b):\n    return f'<a title=\"{a}\">{b}</a>'\n",
        "import html\ndef f(a, b):\n    return f'<a title=\"{html.escape(a)}\">{html.escape(b)}</a>'\n",
    ),
    relies=0.35,
)
def markup_value(site: Site) -> Proposals:
    """Values put between tags as they are."""
    text = site.text
    if "{" not in text or "<" not in text or not _TAG.search(text):
        return
    inner = [
        part.named_children[0]
        for part in site.node.named_children
        if part.type == "interpolation" and len(part.named_children) == 1
    ]
    values = [
        node
        for node in inner
        if node.type in ("identifier", "attribute", "subscript") and not _SAFE.search(text_of(node))
    ]
    if not values or len(values) > _MOST_VALUES:
        return
    name, added = spelled(site, "html.escape")
    edits = [(Span(node.start_byte, node.end_byte), f"{name}({text_of(node)})") for node in values]
    yield Rewrite((*edits, *added))
    if len(edits) > 1:
        yield from (Rewrite((edit, *added), 0.8) for edit in edits)


_QUERY = re.compile(r"[?&][\w\[\]-]+=\Z")


@template(
    "pitfall.query_value",
    1.4,
    "string",
    (
        'def f(u, q):\n    return f"{u}?q={q}"\n',
        'import urllib.parse\ndef f(u, q):\n    return f"{u}?q={urllib.parse.quote_plus(str(q))}"\n',
    ),
    (
        'from urllib.parse import quote\ndef f(u, q):\n    return f"{u}?q={q}&n=1"\n',
        "from urllib.parse import quote\ndef f(u, q):\n    return f\"{u}?q={quote(str(q), safe='')}&n=1\"\n",
    ),
    relies=0.35,
)
def query_value(site: Site) -> Proposals:
    """Values put into the query or the path of an address as they are."""
    parts = site.node.named_children
    if "{" not in site.text or ("=" not in site.text and "/" not in site.text):
        return
    found = []
    for before, part in pairwise(parts):
        inner = part.named_children[0] if part.type == "interpolation" and len(part.named_children) == 1 else None
        if (
            inner is not None
            and before.type == "string_content"
            and _QUERY.search(text_of(before))
            and not _SAFE.search(text_of(inner))
        ):
            found.append(inner)
    if not found:
        return
    quote = "'" if site.text.endswith('"') else '"'
    shapes = (("urllib.parse.quote", f"(str({{}}), safe={quote}{quote})"), ("urllib.parse.quote_plus", "(str({}))"))
    for dotted, shape in shapes:
        name, added = spelled(site, dotted)
        edits = [(Span(n.start_byte, n.end_byte), name + shape.format(text_of(n))) for n in found]
        yield Rewrite((*edits, *added), 1.0 if not added or "plus" in dotted else 0.9)


@template(
    "pitfall.two_slashes",
    1.1,
    "string",
    (
        'def f(base_url, path):\n    return f"{base_url}/{path}"\n',
        "def f(base_url, path):\n    return f\"{base_url.rstrip('/')}/{path.lstrip('/')}\"\n",
    ),
    (
        "def f(self, name):\n    return f'{self.root}/{name}'\n",
        "def f(self, name):\n    return f'{self.root.rstrip(\"/\")}/{name}'\n",
    ),
    relies=0.35,
)
def two_slashes(site: Site) -> Proposals:
    """A base and a part with a slash between them that one of them may have already."""
    parts = site.node.named_children
    quote = "'" if site.text.endswith('"') else '"'
    for before, middle, after in zip(parts, parts[1:], parts[2:], strict=False):
        if (before.type, middle.type, after.type) != ("interpolation", "string_content", "interpolation") or text_of(
            middle
        ) != "/":
            continue
        base, rest = before.named_children[0], after.named_children[0]
        if not (named_like(base, "url") or named_like(base, "root")) or last_name(base) == "" or base.type == "call":
            continue
        first = (Span(base.end_byte, base.end_byte), f".rstrip({quote}/{quote})")
        second = (Span(rest.end_byte, rest.end_byte), f".lstrip({quote}/{quote})")
        yield Rewrite((first, second))
        yield Rewrite((first,), 0.95)
        yield Rewrite((second,), 0.8)


TEMPLATES: tuple[Template, ...] = (
    json_options, quoting, addresses, markup, headers, base64_forms, packed, markup_value, query_value, two_slashes,
)  # fmt: skip
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.addresses": ("DataKitchen/dataops-observability-agents#6", "airbytehq/airbyte-python-cdk#412"),
    "pitfall.base64": ("Azure/azure-sdk-for-python#17188", "rwth-iat/basyx-python-sdk#14"),
    "pitfall.headers": ("zenoss/zenoss-prodbin#1600", "ansible/ansible-runner-service#32", "aws/chalice#180"),
    "pitfall.json": ("LucaCappelletti94/dict_hash#3", "cosme12/SimpleCoin#38", "pipermerriam/flex#100"),
    "pitfall.quoting": ("betamaxpy/betamax#110", "aws/chalice#765", "getsentry/responses#787"),
}
