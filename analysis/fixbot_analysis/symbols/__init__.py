"""What a file says, before anything is resolved: symbols, imports, calls, references."""

from fixbot_analysis.symbols.facts import Call, FileFacts, Import, Symbol, SymbolKind

__all__ = ["Call", "FileFacts", "Import", "Symbol", "SymbolKind"]
