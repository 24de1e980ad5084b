"""Secrets in the source: by a known shape, by a telling name and a literal, by how random a literal looks."""

import math
import re
from collections import Counter

KNOWN = re.compile(
    r"AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,}|glpat-[\w-]{18,}|sk-(?:proj-|ant-|live-)?[A-Za-z0-9_-]{16,}|[sr]k_(?:live|test)_[A-Za-z0-9]{8,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY|hf_[A-Za-z]{30,}|npm_[A-Za-z0-9]{30,}"
    r"|pypi-[\w-]{30,}|AC[0-9a-f]{32}\b|EAAC[A-Za-z0-9]{20,}|dop_v1_[0-9a-f]{32,}"
)
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:@/{}<>$]+:([^\s@/{}<>$]{2,})@", re.IGNORECASE)
NAME = re.compile(
    r"(?:^|_|\b|(?<=[a-z]))(?:passw(?:or)?d|passwd|pwd|pass|passphrase|secret(?:_?key)?|api_?key|apikey|auth_?token|access_?token|refresh_?token|bearer_?token|token|private_?key|client_?secret|"
    r"(?:aws_?)?secret_?access_?key|encryption_?key|signing_?key|jwt_?(?:secret|key)|master_?key|db_?pass(?:word)?|credentials?|webhook_?secret|app_?secret|hmac_?key|aes_?key|cipher_?key|access_?key|secretkey)\Z",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"(?:\s*|.*[\s{}<>].*|[\w-]*(?:example|sample|dummy|placeholder|your[-_]|todo|xxx|redacted|changeit)[\w-]*|\*+|none|null|undefined|https?://.*|\.{0,2}/.*|(?-i:[A-Z]+_[A-Z0-9_]+)|"
    r"(?:pass(?:word)?|passwd|token|secret|bearer|basic|api_?key|key|auth|authorization|x-[\w-]+|csrf\w*|access|refresh|id|jwt|field|text|hidden|string|str|session\w*|invalid|missing|required|[\w.-]*[_.-](?:password|token|secret|key|id)s?))\Z",
    re.IGNORECASE,
)
_WORDED = re.compile(r"[a-z]+(?:[_.:/-][a-z]+)+|[a-z]+(?:[A-Z][a-z]+)+|[A-Z][A-Z_]+")
_FAMILIAR = re.compile(
    r"(?:super|my|change|dev|admin|root|letme|prod)[-_ ]?(?:this[-_])?\w*[-_]?(?:secret|key|me|in|passw\w*|jwt)\b",
    re.IGNORECASE,
)
_PASSWORD_LIKE = re.compile(r"secret|passw|admin|letmein|qwerty|changeme", re.IGNORECASE)
_OF_PEOPLE = re.compile(r"passw|pwd|passphrase|secret", re.IGNORECASE)
_HASHED = re.compile(r"(?:\$2[aby]\$|\$argon2|pbkdf2_|sha256\$|scrypt:).*")


def looks_secret(name: str, value: str) -> bool:
    """Whether `value`, the content of a literal, given to `name` is a secret: of a known shape, in a URL, or by the name."""
    if KNOWN.search(value):
        return True
    inside = _URL.search(value)
    if inside and not _NO_SECRET.match(inside[1]):
        return True
    if not NAME.search(name) or _HASHED.match(value) or len(value) < 4:
        return False
    if re.search(
        r"(?:^|_)(?:name|field|header|url|type|label|prefix|pattern|regex|path|file|param)s?\Z", name, re.IGNORECASE
    ):
        return False
    if _FAMILIAR.match(value):
        return True
    if _NO_SECRET.match(value):
        return False
    strong = any(c.isdigit() or not (c.isalnum() or c in "_-. :/") for c in value)
    if strong or _is_random(value):
        return not _WORDED.fullmatch(value)
    return (not _WORDED.fullmatch(value) and _PASSWORD_LIKE.search(value) is not None) or (
        value.isalpha() and _OF_PEOPLE.search(name) is not None
    )


def _is_random(value: str) -> bool:
    """Whether the characters of a long word are as mixed as those of a key: at least 3.5 bits each (Shannon)."""
    if len(value) < 20 or " " in value:
        return False
    counts = Counter(value)
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return bits >= 3.5 and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
