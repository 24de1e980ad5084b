"""What a file says, before anything is resolved: symbols, imports, calls, references."""

from fixbot_analysis.symbols.extract import EXTRACTOR_VERSION, extract, facts_of
from fixbot_analysis.symbols.facts import Binding, Call, FileFacts, Import, Symbol, SymbolKind
from fixbot_analysis.symbols.rereading import Rereading
from fixbot_analysis.symbols.words import split_words

__all__ = [
    "EXTRACTOR_VERSION", "Binding", "Call", "FileFacts", "Import", "Rereading", "Symbol", "SymbolKind",
    "extract", "facts_of", "split_words",
]  # fmt: skip
