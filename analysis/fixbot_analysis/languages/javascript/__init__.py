"""JavaScript, with JSX."""

from fixbot_analysis.languages.language import Language, Lookup, words
from fixbot_analysis.languages.queries import query

KEYWORDS = words("""
    async await break case catch class const continue debugger default delete do else enum export extends false finally
    for function get if implements import in instanceof interface let new null of package private protected public return set
    static super switch this throw true try typeof undefined var void while with yield
    """)

TEST_FILES = ("*.test.*", "*.spec.*", "*-test.*", "*_test.*", "test.*", "test/*", "tests/*", "__tests__/*", "*/test/*", "*/tests/*", "*/__tests__/*")  # fmt: skip

JAVASCRIPT = Language(
    name="javascript",
    suffixes=(".js", ".jsx", ".mjs", ".cjs"),
    grammar="tree_sitter_javascript",
    query=query(__file__, "definitions", "bases"),
    uses=query(__file__, "uses", "jsx"),
    lookup=Lookup.RELATIVE,
    separator="/",
    keywords=KEYWORDS,
    test_files=TEST_FILES,
    test_marks="test",
    receivers=("this",),
    unnamed=("exports", "module.exports"),
    family="ecmascript",
    version=2,
)
