"""What can go wrong with a configuration."""


class ConfigError(ValueError):
    """A text that cannot be read, or a value that is not of the wanted type."""


class CycleError(ConfigError):
    """References that lead back to where they started."""

    def __init__(self, trail):
        self.trail = [".".join(path) for path in trail]
        super().__init__("cycle of references: " + " -> ".join(self.trail))


class MissingKey(KeyError):
    """A key that no layer sets."""

    def __init__(self, path):
        self.key = ".".join(path)
        super().__init__(self.key)

    def __str__(self):
        return "no value for %r" % self.key
