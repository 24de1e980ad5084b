"""Holds templates by name, filters and settings."""

from sprig.errors import TemplateError
from sprig.filters import FILTERS
from sprig.parser import Parser
from sprig.scope import Scope


class Template:
    def __init__(self, source, engine=None):
        self.engine = engine or Engine()
        self.root = Parser(source).parse()

    def render(self, values=None, **more):
        scope = Scope(self.engine.shared).inner(**dict(values or {}, **more))
        out = []
        self.root.render(scope, self.engine, out)
        return "".join(out)


class Engine:
    def __init__(self, sources=None, autoescape=True, shared=None):
        self.sources = dict(sources or {})
        self.autoescape = autoescape
        self.shared = dict(shared or {})
        self.filters = dict(FILTERS)
        self._known = {}

    def filter(self, function):
        """Decorator: makes a function a filter under its own name."""
        self.filters[function.__name__] = function
        return function

    def add(self, name, source):
        self.sources[name] = source
        self._known.pop(name, None)

    def get(self, name):
        if name not in self._known:
            if name not in self.sources:
                raise TemplateError("there is no template %r" % (name,))
            self._known[name] = Template(self.sources[name], self)
        return self._known[name]

    def render(self, name, values=None, **more):
        return self.get(name).render(values, **more)
