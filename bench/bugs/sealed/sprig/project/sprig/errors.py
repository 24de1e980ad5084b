class TemplateError(Exception):
    """Anything that is wrong with a template."""


class SyntaxFault(TemplateError):
    def __init__(self, message, line):
        super().__init__("line %d: %s" % (line, message))
        self.line = line


class RenderError(TemplateError):
    """A template that can be read but not rendered with the given values."""
