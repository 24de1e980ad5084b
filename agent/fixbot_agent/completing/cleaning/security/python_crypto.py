"""Patterns of Python: hashes, ciphers, keys and random numbers that protect less than they seem to."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import (
    FAST_HASH,
    PREDICTABLE,
    STATIC_IV,
    TIMING,
    WEAK_CIPHER,
    WEAK_HASH,
    WEAK_KEY,
    WEAK_RANDOM,
)
from fixbot_agent.completing.cleaning.security.matching import PASSWORD, SECRETIVE, found, is_guessable, purpose
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rules
from fixbot_agent.completing.cleaning.security.values import Values, is_false, literal
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"python"}))
_SHORTEST = 2048  # bits of RSA and DSA (NIST SP 800-131A)
_FEWEST = 100_000  # rounds of PBKDF2
_GENERATORS = (
    "choice",
    "choices",
    "randint",
    "random",
    "randrange",
    "sample",
    "getrandbits",
    "randbytes",
    "uniform",
    "shuffle",
)


@RULES.call("md5", "sha1", "new", "sha256", "sha512", "sha224", "sha384", "sha3_256", "MD5", "SHA1", "Hash")
def _hash(code: Code, call: Call) -> Finding | None:
    name = (
        literal(call.argument(0, "name")).lower().replace("-", "") if call.is_one("hashlib.new") else call.last.lower()
    )
    if call.last in ("new", "Hash") and not call.is_one("hashlib.new"):
        return None
    secure = call.keywords.get("usedforsecurity")
    if (
        not name
        or (secure is not None and is_false(secure.value))
        or (call.last == "new" and not call.is_one("hashlib.new"))
    ):
        return None
    about = purpose(code, call)
    if is_guessable(code, call):
        return found(PREDICTABLE, call.named, *call.arguments[:1])
    if PASSWORD.search(about) and "pbkdf2" not in about:
        return found(WEAK_HASH if name in ("md5", "sha1") else FAST_HASH, call.named, *call.arguments[:1])
    if name not in ("md5", "sha1") or not SECRETIVE.search(about):
        return None
    repair = _stronger(call) if "." in text(call.named) or call.is_one("hashlib.new") else ()
    return found(WEAK_HASH, call.named, repair=repair, note="SHA-256 instead")


def _stronger(call: Call) -> tuple[Change, ...]:
    """SHA-256 in the place of the hash's name."""
    if call.arguments and call.arguments[-1].type == "binary_operator":
        return ()  # a secret before a text wants a keyed hash, not another one
    node: Node | None = (
        call.arguments[0] if call.last == "new" and call.arguments else call.named.child_by_field_name("attribute")
    )
    if node is None:
        return ()
    return (Change(span(node), '"sha256"' if call.last == "new" else "sha256"),)


@RULES.call("new", "digest")
def _keyed(_code: Code, call: Call) -> Finding | None:
    """A keyed hash over a broken one."""
    if not call.is_one("hmac.new", "hmac.digest"):
        return None
    node = call.argument(2, "digestmod")
    written = text(node).strip("\"'").lower() if node is not None else ""
    if node is None or written.rpartition(".")[2] not in ("md5", "sha1"):
        return None
    new = "hashlib.sha256" if written.startswith("hashlib.") else '"sha256"' if text(node)[0] in "\"'" else ""
    return found(WEAK_HASH, node, repair=(Change(span(node), new),) if new else (), note="SHA-256 instead")


@RULES.call("pbkdf2_hmac", "PBKDF2HMAC", "PBKDF2", "Scrypt", "scrypt", "hashpw")
def _derived(code: Code, call: Call) -> Finding | None:
    salt = (
        call.keywords["salt"].value if "salt" in call.keywords else call.argument({"pbkdf2_hmac": 2}.get(call.last, 1))
    )
    if salt is not None and _is_fixed(code, salt):
        return found(STATIC_IV, call.named, salt, Values(code).of(salt))
    rounds = (
        call.keywords["iterations"].value
        if "iterations" in call.keywords
        else call.argument(3)
        if call.last == "pbkdf2_hmac"
        else None
    )
    number = text(rounds).replace("_", "") if rounds is not None else ""
    if number.isdigit() and int(number) < _FEWEST and rounds is not None:
        return found(FAST_HASH, rounds, repair=(Change(span(rounds), "600_000"),), note="600,000 rounds")
    digest = literal(call.argument(0, "hash_name")).lower()
    return found(WEAK_HASH, call.argument(0)) if digest == "md5" else None


@RULES.call("crypt", "md5_crypt", "des_crypt")
def _crypt(_code: Code, call: Call) -> Finding | None:
    return found(FAST_HASH, call.named) if call.is_one("crypt.crypt") else None


@RULES.call("new", "ARC4", "TripleDES", "Blowfish", "CAST5", "IDEA", "SEED", "DES", "des", "ECB")
def _cipher(_code: Code, call: Call) -> Finding | None:
    owner = call.callee.rpartition(".")[0].rpartition(".")[2]
    if call.last == "new" and owner in ("DES", "DES3", "ARC2", "ARC4", "Blowfish", "CAST"):
        return found(WEAK_CIPHER, call.named)
    if owner in ("algorithms", "modes", "pyDes"):
        return found(WEAK_CIPHER, call.named)
    mode = call.argument(1, "mode") if call.last == "new" and owner == "AES" else None
    return found(WEAK_CIPHER, call.named, mode) if mode is not None and text(mode).endswith("MODE_ECB") else None


@RULES.call("new", "CBC", "CTR", "GCM", "CFB", "OFB", "encrypt")
def _vector(code: Code, call: Call) -> Finding | None:
    owner = call.callee.rpartition(".")[0].rpartition(".")[2]
    if call.last == "new" and owner in ("AES", "DES", "DES3", "ChaCha20", "ChaCha20_Poly1305"):
        nodes = [call.keywords[k].value for k in ("iv", "nonce", "initial_value") if k in call.keywords] + list(
            call.arguments[2:3]
        )
    elif owner == "modes":
        nodes = [call.arguments[0]] if call.arguments else [g.value for g in call.keywords.values()]
    elif (
        call.last == "encrypt"
        and re.search(rb"AESGCM|ChaCha20Poly1305|AESCCM", code.tree.data)
        and len(call.arguments) == 3
    ):
        nodes = [call.arguments[0]]
    else:
        return None
    return next((found(STATIC_IV, call.named, n, Values(code).of(n)) for n in nodes if _is_fixed(code, n)), None)


def _is_fixed(code: Code, node: Node) -> bool:
    """Whether bytes are the same in every run."""
    written = text(node)
    if re.fullmatch(
        r"b?[\"'].*[\"'](?:\.encode\(.*\))?|b?[\"'][^\"']*[\"']\s*\*\s*\w+|\w+\s*\*\s*b[\"'].*[\"']|bytes\(\w*\)|bytes\.fromhex\([\"'].*",
        written,
    ):
        return True
    bound = [*code.assigned(written, node), *code.outer.get(written, ())] if written.isidentifier() else []
    return bool(bound) and all(text(g.value) != written and _is_fixed(code, g.value) for g in bound)


@RULES.call("generate_private_key", "generate", "newkeys", "generate_parameters")
def _key(_code: Code, call: Call) -> Finding | None:
    if not re.search(r"rsa|dsa|\bdh\b|RSA|DSA", call.callee):
        curve = call.argument(0, "curve")
        weak = curve is not None and re.search(r"SECP(?:160|192)|SECT163|BrainpoolP160", text(curve))
        return found(WEAK_KEY, curve) if weak else None
    node = (
        call.keywords["key_size"].value
        if "key_size" in call.keywords
        else call.argument(1 if call.last == "generate_private_key" else 0, "bits")
    )
    if node is None or not text(node).isdigit() or int(text(node)) >= _SHORTEST:
        return None
    return found(WEAK_KEY, call.named, node, repair=(Change(span(node), str(_SHORTEST)),), note=f"{_SHORTEST} bits")


@RULES.call(*_GENERATORS)
def _random(code: Code, call: Call) -> Finding | None:
    is_ours = call.is_one(*(f"random.{name}" for name in _GENERATORS)) and not (
        re.match(r"np|numpy|secrets|self|torch|jax|tf", call.callee) or "SystemRandom" in call.callee
    )
    if not (is_ours or _is_generator(code, call)) or _is_compared(call.node) or _is_pick(call):
        return None
    if not SECRETIVE.search(code.around(call.node)) and not PASSWORD.search(code.around(call.node)):
        return None
    owner = call.named.child_by_field_name("object")
    repair = (
        (Change(Span(owner.end_byte, owner.end_byte), ".SystemRandom()"),)
        if owner is not None and text(owner) == "random" and call.last != "randbytes"
        else ()
    )
    return found(WEAK_RANDOM, call.named, repair=repair, note="the operating system's generator instead")


def _is_generator(code: Code, call: Call) -> bool:
    """Whether what is called belongs to a generator made by ``random.Random(…)``, in the function or for the object."""
    owner = call.callee.rpartition(".")[0]
    bound = [*code.assigned(owner, call.node), *code.outer.get(owner, ())]
    made = [code.call(g.value).callee for g in bound if g.value.type == "call"]
    if not bound and owner.startswith("self."):
        made = [
            m.decode() for m in re.findall(rb"\b" + re.escape(owner).encode() + rb" *= *([\w.]+)\(", code.tree.data)
        ]
    return any(code.resolved(each) == "random.Random" for each in made)


def _is_pick(call: Call) -> bool:
    """Whether one of several keys that are there is taken; letters of a new one are taken again and again."""
    what = text(call.arguments[0]) if call.arguments else ""
    around = call.node.parent.type if call.node.parent is not None else ""
    return (
        call.last == "choice"
        and re.search(r"(?:token|key|secret|credential|cookie|account)s\Z", what) is not None
        and "comprehension" not in around
        and around != "generator_expression"
    )


def _is_compared(node: Node) -> bool:
    """Whether only the outcome of a comparison is used: a chance, no secret."""
    at: Node | None = node
    while at is not None and not at.type.endswith(("statement", "assignment", "definition")):
        if at.type == "comparison_operator":
            return True
        at = at.parent
    return False


@RULES.call("uuid1")
def _uuid(code: Code, call: Call) -> Finding | None:
    return found(WEAK_RANDOM, call.named) if SECRETIVE.search(code.around(call.node)) else None


def compared(code: Code, node: Node) -> Finding | None:
    """A keyed hash, or what is called a signature, compared with ==."""
    if len(node.named_children) != 2 or not any(text(c) in ("==", "!=") for c in node.children):
        return None
    left, right = node.named_children
    sides = [text(left), text(right)]
    bound = [text(g.value) for s in sides for g in code.assigned(s, node)]
    if not any(re.search(r"hmac\.(?:new|digest)|\bhmac_\w+\(", t) for t in (*sides, *bound)) and not (
        any(re.search(r"signature|\bmac\b|hmac|digest", s, re.IGNORECASE) for s in sides)
        and any("hexdigest()" in t and SECRETIVE.search(t) for t in (*sides, *bound))
    ):
        return None
    same = f"hmac.compare_digest({sides[0]}, {sides[1]})"
    new = same if any(text(c) == "==" for c in node.children) else f"not {same}"
    known = re.search(rb"^[ \t]*import[ \t]+(?:[\w., ]+,[ \t]*)?hmac\b", code.tree.data, re.MULTILINE)
    return found(
        TIMING, node, repair=(Change(span(node), new),) if known else (), note="hmac.compare_digest instead of =="
    )


def given_weak(_code: Code, given: Given) -> Finding | None:
    """A hash of passwords chosen by name."""
    return found(WEAK_HASH, given.node) if literal(given.value).lower() in ("md5", "sha1", "unsalted_md5") else None


RULES.value("hash_algorithm", "password_hash", "password_hasher", "signature_algorithm")(given_weak)
