"""Where keys of this user lie: variables of the environment, .env files of the project, git's configuration."""

import base64
import binascii
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from fixbot_agent.runs.redaction import Redactor

# Words of a name (of a variable, of a key of git's configuration) whose value is nobody's to see.
_NAME = re.compile(
    r"(?:^|[^A-Za-z])(?:\w*(?:API|ACCESS|PRIVATE|SECRET|SIGNING|ENCRYPTION|AUTH|MASTER|LICENSE)_?KEY|KEY|\w*TOKEN|\w*SECRET|\w*PASSWORD|\w*PASSWD|PASS"
    r"|SMTPPASS|PASSPHRASE|\w*CREDENTIALS?|AUTH|AUTHORIZATION|COOKIE|PAT|SALT|EXTRAHEADER)(?:$|[^A-Za-z])",
    re.IGNORECASE,
)
_SURELY = re.compile(r"PASSWORD|PASSWD|PASSPHRASE|SECRET|(?:API|ACCESS|PRIVATE|SIGNING|ENCRYPTION)_?KEY", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([^\n]*))", re.MULTILINE
)
_USERINFO = re.compile(r"://([^\s/@:]{0,200})(?::([^\s/@]{0,400}))?@")
_SCHEME = re.compile(r"^(?:authorization:\s*)?(?:basic|bearer|token)\s+", re.IGNORECASE)
_TEMPLATES = (
    ".example",
    ".sample",
    ".template",
    ".dist",
    ".tpl",
)  # of .env files: they hold no keys, but words that stand for them
_SKIPPED = frozenset({".git", "node_modules", ".venv", "venv", ".tox", "__pycache__", "site-packages"})
_MOST_FOLDERS, _MOST_FILES, _DEEPEST = 2000, 50, 4
_LARGEST = 256 << 10  # bytes of one .env file
_SHORTEST = 6
_WORD = 10  # letters; a shorter value of letters alone is a word ("postgres", "changeme"), and would be taken out of all code
_KEY_LIKE = 20  # characters; a value so long of letters and digits without blanks is one, whatever it is called


def redactor(names: Iterable[str], environ: Mapping[str, str], root: Path | None = None) -> Redactor:
    """Effect: reads .env files below `root`, and git's configuration there. What takes all keys of this user out of a text.

    `names` are variables that hold keys by the user's own word.
    """
    named = [environ.get(name, "") for name in names]
    found = [
        *(v for v in named if len(v) >= _SHORTEST),
        *_of_environment(environ),
        *(_of_project(root) if root else ()),
    ]
    return Redactor(values={v for value in found for v in _spelled(value)})


def is_key(name: str, value: str) -> bool:
    """Whether a text that code holds under `name` is a key: the name says so, and the text is no plain word or sentence."""
    if not _NAME.search(name) or not _is_worth(value) or any(map(str.isspace, value)):
        return False
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return (mixed and len(value) > _SHORTEST) or (_SURELY.search(name) is not None and not value.isupper())


def _of_environment(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        yield from _passwords(value)
        if _NAME.search(name) and _is_worth(value) and not value.startswith(("/", "~")) and not name.startswith("GIT_"):
            yield value


def _of_project(root: Path) -> Iterator[str]:
    for file in _env_files(root):
        yield from _of_env_text(_text(file))
    from fixbot_repair.errors import GitError  # what only needs the environment's keys does without git
    from fixbot_repair.git import Repository

    try:
        settings = Repository.open(root).configuration()
    except GitError:
        return
    for name, value in settings:
        yield from _passwords(value)
        yield from _passwords(name)  # [url "https://user:token@host/"]
        if _NAME.search(name):
            yield from filter(_is_worth, _header(value))


def _env_files(root: Path) -> Iterator[Path]:
    """Effect: yield .env, .env.local, .envrc, prod.env below `root`, nothing that is no plain file."""
    files = 0
    for number, (place, folders, names) in enumerate(os.walk(root)):
        depth = len(Path(place).relative_to(root).parts)
        folders[:] = sorted(f for f in folders if f not in _SKIPPED) if depth < _DEEPEST else []
        for name in sorted(names):
            file = Path(place) / name
            if _is_env(name) and file.is_file() and not file.is_symlink():
                yield file
                files += 1
        if number > _MOST_FOLDERS or files > _MOST_FILES:
            return


def _is_env(name: str) -> bool:
    return (name.startswith(".env") or name.endswith(".env")) and not name.endswith(_TEMPLATES)


def _text(file: Path) -> str:
    try:
        with file.open("rb") as source:
            return source.read(_LARGEST).decode("utf-8", "replace").replace("\r\n", "\n")
    except OSError:
        return ""


def _of_env_text(text: str) -> Iterator[str]:
    for name, double, single, bare in _ASSIGNED.findall(text):
        value = double.replace("\\n", "\n") or single or bare.split(" #")[0].strip()
        yield from _passwords(value)
        if (_NAME.search(name) and _is_worth(value)) or _is_key_like(value):
            yield value


def _is_worth(value: str) -> bool:
    """Whether taking `value` out of a text cannot hurt it: short words and figures stand in every program."""
    return len(value) >= _SHORTEST and not (len(value) < _WORD and (value.isalpha() or value.isdigit()))


def _is_key_like(value: str) -> bool:
    plain = re.fullmatch(r"[A-Za-z0-9_+/=.-]+", value) is not None and not value.startswith((".", "/"))
    return plain and len(value) >= _KEY_LIKE and any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def _passwords(value: str) -> Iterator[str]:
    """What stands before the @ of an address: the password, or the name where that is all there is (a token)."""
    for user, password in _USERINFO.findall(value):
        yield from (v for v in (password, unquote(password)) if _is_worth(v))
        if not password and _is_key_like(user):
            yield user


def _header(value: str) -> Iterator[str]:
    """The key in a header's value: as it stands, without its scheme, and what it is in base64."""
    bare = _SCHEME.sub("", value.strip())
    yield value
    yield bare
    try:
        user, _, password = base64.b64decode(bare, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return
    yield password or user


def _spelled(value: str) -> Iterator[str]:
    """`value` as it may be met: as it is, each long line of it, in an address, in base64; a long one turned round, in hex, within other text in base64."""
    data = value.encode()
    yield value
    yield quote(value, safe="")
    yield base64.b64encode(data).decode()
    if len(data) >= _WORD:
        yield value[::-1]
        yield from (data.hex(), data.hex().upper())
        for before, lost in (
            (0, 0),
            (1, 2),
            (2, 3),
        ):  # bytes that may stand before it, and digits that say something of these
            yield base64.b64encode(bytes(before) + data).decode()[lost : (before + len(data)) * 8 // 6]
    if "\n" in value:
        yield from (line for line in value.split("\n") if len(line) >= _KEY_LIKE and not line.startswith("-----"))
