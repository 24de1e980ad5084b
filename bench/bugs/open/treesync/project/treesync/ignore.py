"""Ignore rules in the manner of .gitignore."""

import re


class Rule:
    """One line: a pattern, whether it takes back, whether it is about folders only."""

    def __init__(self, regex, negated, folders_only):
        self.regex = regex
        self.negated = negated
        self.folders_only = folders_only


def _translate(pattern):
    """The regular expression of a pattern; `*` and `?` stop at slashes, `**` does not."""
    result = []
    index = 0
    while index < len(pattern):
        char = pattern[index]
        if pattern.startswith("**/", index) and (index == 0 or pattern[index - 1] == "/"):
            result.append("(?:.*/)?")
            index += 3
            continue
        if pattern[index:] == "**" and (index == 0 or pattern[index - 1] == "/"):
            result.append(".+")
            index += 2
            continue
        index += 1
        if char == "*":
            result.append("[^/]*")
        elif char == "?":
            result.append("[^/]")
        elif char == "[":
            end = pattern.find("]", index + 1 + (pattern[index:index + 1] in ("!", "^")))
            if end < 0:
                result.append(re.escape(char))
                continue
            body = pattern[index:end].replace("\\", "\\\\")
            if body[0] in "!^":
                body = "^/" + body[1:]
            result.append("[" + body + "]")
            index = end + 1
        elif char == "\\" and index < len(pattern):
            result.append(re.escape(pattern[index]))
            index += 1
        else:
            result.append(re.escape(char))
    return "".join(result)


def parse_rule(line):
    """Read one line; empty lines and comments give None."""
    pattern = line.rstrip("\r\n")
    while pattern.endswith(" ") and not pattern.endswith("\\ "):
        pattern = pattern[:-1]
    if not pattern or pattern.startswith("#"):
        return None
    negated = pattern.startswith("!")
    if negated:
        pattern = pattern[1:]
    folders_only = pattern.endswith("/")
    pattern = pattern.rstrip("/")
    if not pattern:
        return None
    anchored = "/" in pattern
    regex = _translate(pattern.lstrip("/"))
    if not anchored:
        regex = "(?:.*/)?" + regex
    return Rule(re.compile(regex, re.DOTALL), negated, folders_only)


class IgnoreRules:
    """Several lines; the last one that matches decides."""

    def __init__(self, lines=()):
        if isinstance(lines, str):
            lines = lines.split("\n")
        self.rules = [rule for rule in map(parse_rule, lines) if rule is not None]

    def _decide(self, path, is_dir):
        for rule in reversed(self.rules):
            if rule.folders_only and not is_dir:
                continue
            if rule.regex.fullmatch(path):
                return not rule.negated
        return False

    def ignored(self, path, is_dir=False):
        """Whether a path is left out. Nothing in an ignored folder comes back."""
        names = path.split("/")
        for count in range(1, len(names)):
            if self._decide("/".join(names[:count]), True):
                return True
        return self._decide(path, is_dir)
