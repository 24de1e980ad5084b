"""Where names are looked up: the innermost layer first."""


class Safe(str):
    """Text that is HTML already."""


class Scope:
    def __init__(self, values=None, outer=None):
        self.values = dict(values or {})
        self.outer = outer

    def inner(self, **values):
        return Scope(values, self)

    def find(self, path):
        """The value of a path such as ``order.items.0.name``; None where a step leads nowhere."""
        first, *steps = path.split(".")
        value = self._own(first)
        for step in steps:
            value = lookup(value, step)
            if value is None:
                return None
        return value() if callable(value) else value

    def _own(self, name):
        scope = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return None

    def set(self, name, value):
        """Give a name a value, in the layer where it was given one before, else in this one."""
        scope = self
        while scope is not None:
            if name in scope.values:
                scope.values[name] = value
                return
            scope = scope.outer
        self.values[name] = value


def lookup(value, step):
    """One step of a path: a key, a place in a list, or an attribute; what begins with _ is nobody's business."""
    if step.startswith("_"):
        return None
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, (list, tuple)) and step.isdigit():
        at = int(step)
        return value[at] if at < len(value) else None
    return getattr(value, step, None)
