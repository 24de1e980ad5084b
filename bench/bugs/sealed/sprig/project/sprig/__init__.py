from sprig.engine import Engine, Template
from sprig.errors import RenderError, SyntaxFault, TemplateError

__all__ = ["Engine", "RenderError", "SyntaxFault", "Template", "TemplateError"]
