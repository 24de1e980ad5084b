"""What a template is made of. Each node adds its text to a list."""

from sprig.errors import RenderError
from sprig.filters import escape, text


class Text:
    def __init__(self, value):
        self.value = value

    def render(self, scope, engine, out):
        out.append(self.value)


class Value:
    def __init__(self, expression):
        self.expression = expression

    def render(self, scope, engine, out):
        value = self.expression(scope, engine.filters)
        out.append(escape(value) if engine.autoescape else text(value))


class Block:
    def __init__(self, nodes):
        self.nodes = nodes

    def render(self, scope, engine, out):
        for node in self.nodes:
            node.render(scope, engine, out)


class If:
    def __init__(self, branches, otherwise):
        self.branches = branches
        self.otherwise = otherwise

    def render(self, scope, engine, out):
        for condition, body in self.branches:
            if condition(scope, engine.filters):
                body.render(scope, engine, out)
                return
        if self.otherwise is not None:
            self.otherwise.render(scope, engine, out)


class For:
    """A loop; inside it `loop` has index (from 1), first, last and length."""

    def __init__(self, names, items, body, empty):
        self.names = names
        self.items = items
        self.body = body
        self.empty = empty

    def render(self, scope, engine, out):
        items = self.items(scope, engine.filters)
        items = list(items.items() if isinstance(items, dict) and len(self.names) == 2 else items or [])
        if not items and self.empty is not None:
            self.empty.render(scope, engine, out)
        for index, item in enumerate(items, 1):
            loop = {"index": index, "first": index == 1, "last": index == len(items), "length": len(items)}
            self.body.render(scope.inner(loop=loop, **self._bound(item)), engine, out)

    def _bound(self, item):
        if len(self.names) == 1:
            return {self.names[0]: item}
        parts = tuple(item)
        if len(parts) != len(self.names):
            raise RenderError("%d names for %d values" % (len(self.names), len(parts)))
        return dict(zip(self.names, parts))


class Set:
    def __init__(self, name, expression):
        self.name = name
        self.expression = expression

    def render(self, scope, engine, out):
        scope.set(self.name, self.expression(scope, engine.filters))


class Include:
    def __init__(self, name, depth_limit=20):
        self.name = name
        self.depth_limit = depth_limit

    def render(self, scope, engine, out):
        name = self.name(scope, engine.filters)
        depth = (scope.find("include_depth") or 0) + 1
        if depth > self.depth_limit:
            raise RenderError("%s is included too deeply" % name)
        engine.get(name).root.render(scope.inner(include_depth=depth), engine, out)
