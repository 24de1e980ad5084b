"""A small router: patterns such as ``/users/{id:int}/files/{rest:path}``."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple
from urllib.parse import quote, unquote

_PARAMETER = re.compile(r"\{([A-Za-z_]\w*)(?::(\w+))?\}")

Converter = Tuple[str, Callable[[str], Any]]

_CONVERTERS: Dict[str, Converter] = {
    "str": (r"[^/]+", str),
    "int": (r"[0-9]+", int),
    "path": (r".+", str),
}


class NotFound(LookupError):
    """No route has this path (status 404)."""


class MethodNotAllowed(LookupError):
    """Routes have this path, but none of them this method (status 405)."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = sorted(set(allowed))
        super().__init__("allowed: %s" % ", ".join(self.allowed))


@dataclass
class Route:
    name: str
    pattern: str
    methods: Tuple[str, ...]
    endpoint: Any
    regex: "re.Pattern[str]"
    converters: Dict[str, Callable[[str], Any]]

    def match(self, path: str) -> Optional[Dict[str, Any]]:
        """The values of the parameters, or None where the path is another."""
        found = self.regex.fullmatch(path)
        if found is None:
            return None
        values = {}
        for name, text in found.groupdict().items():
            try:
                values[name] = self.converters[name](unquote(text))
            except ValueError:
                return None
        return values


class Router:
    """Routes in the order in which they were added; the first that fits is taken."""

    def __init__(self) -> None:
        self._routes: List[Route] = []
        self._converters: Dict[str, Converter] = dict(_CONVERTERS)

    def converter(self, kind: str, regex: str, convert: Callable[[str], Any]) -> None:
        """Make ``{name:kind}`` known to routes that are added later on."""
        self._converters[kind] = (regex, convert)

    def add(
        self,
        pattern: str,
        endpoint: Any,
        methods: Iterable[str] = ("GET",),
        name: Optional[str] = None,
    ) -> Route:
        """Add a route; one for GET answers HEAD as well."""
        regex, converters = self._compile(pattern)
        wanted = {method.upper() for method in methods}
        if "GET" in wanted:
            wanted.add("HEAD")
        route = Route(
            name or pattern, pattern, tuple(sorted(wanted)), endpoint, regex, converters
        )
        self._routes.append(route)
        return route

    def match(self, method: str, path: str) -> Tuple[Any, Dict[str, Any]]:
        """The endpoint for a request and the values of its parameters."""
        method = method.upper()
        allowed: List[str] = []
        for route in self._routes:
            values = route.match(path)
            if values is None:
                continue
            if method in route.methods:
                return route.endpoint, values
            allowed.extend(route.methods)
        if allowed:
            raise MethodNotAllowed(allowed)
        raise NotFound(path)

    def url_for(self, name: str, **values: Any) -> str:
        """The path of a named route; a slash is kept only in a ``path`` parameter."""
        for route in self._routes:
            if route.name == name:
                break
        else:
            raise NotFound("no route is called %r" % name)

        def fill(found: "re.Match[str]") -> str:
            safe = "/" if found.group(2) == "path" else ""
            return quote(str(values[found.group(1)]), safe=safe)

        return _PARAMETER.sub(fill, route.pattern)

    def _compile(self, pattern: str) -> Tuple["re.Pattern[str]", Dict[str, Callable[[str], Any]]]:
        if not pattern.startswith("/"):
            raise ValueError("a pattern starts with a slash: %r" % pattern)
        converters: Dict[str, Callable[[str], Any]] = {}
        parts: List[str] = []
        end = 0
        for found in _PARAMETER.finditer(pattern):
            name, kind = found.group(1), found.group(2) or "str"
            if kind not in self._converters:
                raise ValueError("unknown converter %r in %r" % (kind, pattern))
            if name in converters:
                raise ValueError("parameter %r comes twice in %r" % (name, pattern))
            regex, convert = self._converters[kind]
            parts.append(re.escape(pattern[end : found.start()]))
            parts.append("(?P<%s>%s)" % (name, regex))
            converters[name] = convert
            end = found.end()
        parts.append(re.escape(pattern[end:]))
        return re.compile("".join(parts)), converters
