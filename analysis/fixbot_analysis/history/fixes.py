"""Which commits mend a bug, by what their message says; in the languages that messages are mostly written in.

A commit is taken for a fix when its message

- has a word for mending or for a bug, or closes an entry of a tracker (``Fixes #12``, ``bpo-1234``);
- and is no revert: a commit that was reverted mended nothing, and the one that reverts it undoes;
- and is not only about prose, style or the build ("fix typo", "fix lint"), by its first line.

Merges never come here. Whether it touches source at all is for the caller to see.
"""

import re

_ENGLISH = (
    r"fix(?:e[sd]|ing|up)?|bug(?:s|fix(?:es)?)?|hot-?fix(?:es)?|regress(?:ion|ions|ed)|defects?|crash(?:e[sd]|ing)?|"
    r"broken|breakage|mend(?:s|ed)?|repair(?:s|ed)?|incorrect(?:ly)?|wrong(?:ly)?|corrects?|corrected|resolve[sd]?|"
    r"tracebacks?|infinite loop|deadlocks?|segfaults?|memory leaks?|off[- ]by[- ]one|race condition"
)
_ROMANCE = (
    r"corrige[nrz]?|corrig[eé]|corregi\w*|correcci[oó]n|corre[cç][aã]o|corrections?|arregla\w*|"
    r"r[eé]par(?:e|er|ation)|bogue"
)
_GERMANIC = r"behebt|behoben|behebung|fehler|korrigiert?|korrektur|r[äa]ttat?|fikset?"
_SLAVIC = r"исправ\w*|почин\w*|ошибк\w*|баг(?:а|и|ов)?|виправ\w*|помилк\w*|popraw\w*|napraw\w*|b[łl][ąa]d\w*|oprav\w*"
_WORDS = re.compile(rf"(?<!\w)(?:{_ENGLISH}|{_ROMANCE}|{_GERMANIC}|{_SLAVIC}|hata|düzelt\w*)(?!\w)", re.IGNORECASE)
# Scripts without spaces: anywhere.
_ANYWHERE = re.compile("修复|修復|修正|修补|解决|解決|错误|錯誤|缺陷|漏洞|バグ|不具合|直し|버그|수정|고침|오류")
_TRACKED = re.compile(
    r"\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?|see)\b:?\s+(?:[\w./-]+)?#\d+|\bbpo-\d+|\bgh-\d+", re.IGNORECASE
)
_ONLY = re.compile(
    r"\b(?:typos?|spelling|grammar|docstrings?|lint(?:ing|er)?|flake8|pep ?8|pyflakes|isort|whitespace|changelog|"
    r"release notes?|copyright|licen[cs]e|appveyor|travis|flaky)\b|"
    r"\b(?:fix(?:e[sd])?|correct(?:ed)?)\s+(?:some\s+|the\s+|a\s+)?"
    r"(?:docs?|documentation|comments?|tests?|build|ci|formatting|style|indentation|links?|mypy|ruff|black)\b|"
    r"错别字|拼写|注释|文档|ドキュメント|誤字",
    re.IGNORECASE,
)
_REVERTS = re.compile(r"\bThis reverts commit ([0-9a-f]{7,64})", re.IGNORECASE)
_REVERT = re.compile(r"^\W*revert(?:s|ed|ing)?\b|^\W*(?:回滚|回退)", re.IGNORECASE)


def is_fix(message: str) -> bool:
    """Whether a commit of this `message` mends a bug, by the rule above. Linear in the message's length."""
    subject = message.partition("\n")[0]
    if _REVERT.search(subject) or _REVERTS.search(message):
        return False
    if _ONLY.search(subject):
        return bool(_TRACKED.search(subject))
    return bool(_WORDS.search(message) or _ANYWHERE.search(message) or _TRACKED.search(message))


def reverted(message: str) -> str:
    """Id (or its beginning) of the commit that a commit of this `message` undoes; ``""`` where it undoes none."""
    found = _REVERTS.search(message)
    return found[1].lower() if found else ""
