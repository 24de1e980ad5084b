"""TypeScript, and TSX: TypeScript with elements in it, which needs a grammar of its own."""

from dataclasses import replace

from fixbot_analysis.languages.javascript import KEYWORDS, TEST_FILES
from fixbot_analysis.languages.language import Language, Lookup, words
from fixbot_analysis.languages.queries import query

_KEYWORDS = KEYWORDS | words("""
    abstract any as asserts bigint boolean declare infer is keyof module namespace never number object override
    readonly satisfies string symbol type unique unknown
    """)

TYPESCRIPT = Language(
    name="typescript",
    suffixes=(".ts", ".mts", ".cts"),
    grammar="tree_sitter_typescript",
    entry="language_typescript",
    query=query(__file__, "../javascript/definitions", "definitions"),
    uses=query(__file__, "../javascript/uses", "uses"),
    lookup=Lookup.RELATIVE,
    separator="/",
    keywords=_KEYWORDS,
    test_files=TEST_FILES,
    test_marks="test",
    receivers=("this",),
    family="ecmascript",
    version=2,
)

TSX = replace(
    TYPESCRIPT,
    name="tsx",
    suffixes=(".tsx",),
    entry="language_tsx",
    uses=query(__file__, "../javascript/uses", "uses", "../javascript/jsx"),
)
