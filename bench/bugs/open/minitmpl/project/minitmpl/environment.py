"""Environments, loaders, and what templates see while they are rendered."""
from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

from .core import TemplateError, TemplateNotFound, Undefined, UndefinedError
from .filters import FILTERS
from .lexer import tokenize
from .parser import Body, Parser, render_all

MAX_DEPTH = 50


class DictLoader:
    def __init__(self, sources: Dict[str, str]) -> None:
        self.sources = sources

    def load(self, name: str) -> str:
        if name not in self.sources:
            raise TemplateNotFound("no template named '{}'".format(name))
        return self.sources[name]

    def version(self, name: str) -> Any:
        return self.sources.get(name)


class Context:
    """The variables, and the settings that nodes and expressions ask for."""

    def __init__(
        self, environment: "Environment", name: Optional[str], variables: Mapping[str, Any], depth: int = 0
    ) -> None:
        self.environment = environment
        self.name = name
        self.depth = depth
        self.autoescape = environment.autoescape
        self.scopes: List[Dict[str, Any]] = [dict(variables)]

    def resolve(self, name: str, line: int) -> Any:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        if name in self.environment.globals:
            return self.environment.globals[name]
        return self.undefined(name, line)

    def undefined(self, name: str, line: int) -> Undefined:
        if self.environment.strict:
            raise UndefinedError("'{}' is undefined".format(name), line)
        return Undefined(name)

    def assign(self, name: str, value: Any) -> None:
        self.scopes[-1][name] = value

    @contextmanager
    def scope(self, values: Dict[str, Any]) -> Iterator[None]:
        self.scopes.append(values)
        try:
            yield
        finally:
            self.scopes.pop()

    def include(self, target: Any, values: Dict[str, Any], optional: bool, out: List[str]) -> None:
        if self.depth >= MAX_DEPTH:
            raise TemplateError("includes are nested too deeply")
        try:
            template = self.environment.get(target)
        except TemplateNotFound:
            if optional:
                return
            raise
        variables: Dict[str, Any] = {}
        for scope in self.scopes:
            variables.update(scope)
        variables.update(values)
        render_all(template.body, Context(self.environment, template.name, variables, self.depth + 1), out)


class Template:
    def __init__(self, environment: "Environment", body: Body, name: Optional[str] = None) -> None:
        self.environment = environment
        self.body = body
        self.name = name

    def render(self, *args: Mapping[str, Any], **variables: Any) -> str:
        given: Dict[str, Any] = {}
        for mapping in args + (variables,):
            given.update(mapping)
        out: List[str] = []
        render_all(self.body, Context(self.environment, self.name, given), out)
        return "".join(out)


class Environment:
    """Settings that templates share, and the cache of parsed ones."""

    def __init__(self, loader: Any = None, autoescape: bool = True, strict: bool = False) -> None:
        self.loader = loader
        self.autoescape = autoescape
        self.strict = strict
        self.filters: Dict[str, Callable[..., Any]] = dict(FILTERS)
        self.globals: Dict[str, Any] = {}
        self._cache: Dict[str, Tuple[Any, Template]] = {}

    def from_string(self, source: str, name: Optional[str] = None) -> Template:
        try:
            body, _, _ = Parser(tokenize(source)).parse_body()
        except TemplateError as problem:
            problem.locate(None, name)
            raise
        return Template(self, body, name)

    def get(self, name: str) -> Template:
        """The template of that name; parsed again when its source has changed."""
        if self.loader is None:
            raise TemplateNotFound("no loader for '{}'".format(name))
        version = self.loader.version(name)
        cached = self._cache.get(name)
        if cached is not None and version is not None and cached[0] == version:
            return cached[1]
        template = self.from_string(self.loader.load(name), name)
        self._cache[name] = (version, template)
        return template
