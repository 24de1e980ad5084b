"""A small template engine with filters, includes and autoescaping."""
from .core import FilterError, Markup, TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError, escape
from .environment import DictLoader, Environment, Template
