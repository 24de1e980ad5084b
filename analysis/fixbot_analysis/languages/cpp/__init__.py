"""C++."""

from fixbot_analysis.languages.c import KEYWORDS, TEST_FILES, readable
from fixbot_analysis.languages.language import Language, Lookup, words
from fixbot_analysis.languages.queries import query

CPP = Language(
    name="cpp",
    suffixes=(".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".h++", ".ipp", ".inl", ".tpp"),
    grammar="tree_sitter_cpp",
    query=query(__file__, "../c/definitions", "definitions"),
    readable=readable,
    uses=query(__file__, "../c/uses", "uses"),
    lookup=Lookup.INCLUDE,
    separator="/",
    keywords=KEYWORDS
    | words("""
        alignas alignof catch class concept consteval constexpr constinit const_cast co_await co_return co_yield decltype delete
        dynamic_cast explicit export final friend mutable namespace new noexcept nullptr operator override private protected public
        reinterpret_cast requires static_assert static_cast std template this thread_local throw try typeid typename using virtual
        """),
    test_files=TEST_FILES,
    test_names=r"test_\w+",
    test_marks="test",
    receivers=("this",),
    family="c",
)
