"""Go."""

from fixbot_analysis.languages.go.standard import STANDARD
from fixbot_analysis.languages.language import Language, Lookup, words
from fixbot_analysis.languages.queries import query

GO = Language(
    name="go",
    suffixes=(".go",),
    grammar="tree_sitter_go",
    query=query(__file__, "definitions"),
    uses=query(__file__, "uses"),
    lookup=Lookup.FOLDER,
    separator="/",
    keywords=words("""
        bool break byte case chan const continue default defer else error fallthrough false float64 for func go goto if
        import int int64 interface iota map nil package range return rune select string struct switch true type uint var
        """),
    test_files=("*_test.go",),
    structural=True,
    interfaces=STANDARD,
    version=2,
    test_names=r"(?:Test|Benchmark|Example|Fuzz)(?:[^a-z]\w*)?",
)
