"""How packages of JavaScript are called, and where what they export stands in the sources."""

from posixpath import normpath


def package_name(source: str) -> tuple[str, str]:
    """The name of a package of JavaScript, and what is asked of it: ``@a/b/c/d`` -> @a/b, c/d."""
    parts = source.split("/")
    cut = 2 if source.startswith("@") else 1
    return "/".join(parts[:cut]), "/".join(parts[cut:])


def exported_as(wanted: str, pattern: str, target: str) -> str:
    """Where an entry of a package's exports leads for `wanted` (``.``, ``./sub``); ``""`` where it is about another name."""
    head, star, tail = pattern.partition("*")
    if not star:
        return target if pattern == wanted else ""
    if not (wanted.startswith(head) and wanted.endswith(tail) and len(wanted) >= len(head) + len(tail)):
        return ""
    return target.replace("*", wanted[len(head) : len(wanted) - len(tail)])


def sources(target: str) -> list[str]:
    """Places in which the source of what a package gives may stand: ``./dist/esm/a.js`` -> itself, or a.js somewhere in src."""
    parts = normpath(target).split("/")
    return ["/".join(parts), *("/".join(["src", *parts[n:]]) for n in range(len(parts)))]
