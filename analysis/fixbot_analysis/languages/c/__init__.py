"""C."""

from fixbot_analysis.languages.language import Language, Lookup, words
from fixbot_analysis.languages.queries import query

KEYWORDS = words("""
    auto bool break case char const continue default define defined do double else endif enum extern false float for goto if
    ifdef ifndef include inline int long null pragma register restrict return short signed sizeof static struct switch true typedef
    undef union unsigned void volatile while
    """)

TEST_FILES = ("test_*.*", "*_test.*", "*-test.*", "test.*", "tests.*", "test/*", "tests/*", "*/test/*", "*/tests/*")


def readable(data: bytes) -> tuple[bytes, ...]:
    """The texts that are parsed for `data`, see :mod:`fixbot_analysis.languages.c.cleaning`, whose patterns are compiled on first use."""
    from fixbot_analysis.languages.c import cleaning

    return cleaning.readable(data)


C = Language(
    name="c",
    suffixes=(".c", ".h"),
    grammar="tree_sitter_c",
    query=query(__file__, "definitions"),
    readable=readable,
    uses=query(__file__, "uses"),
    lookup=Lookup.INCLUDE,
    separator="/",
    keywords=KEYWORDS,
    test_files=TEST_FILES,
    test_names=r"test_\w+",
    # A header says nothing by its suffix: these begin lines of C++ and are no C.
    dialects=(
        (r"^[ \t]*(?:namespace\b|template\s*<|class\s+\w[^;=(]*\{|using\s+\w|(?:public|private|protected)\s*:)", "cpp"),
    ),
    test_marks="test",
    receivers=("this",),  # of headers that are C++
    family="c",
)
