"""Rust."""

from fixbot_analysis.languages.language import Language, Lookup, words
from fixbot_analysis.languages.queries import query

RUST = Language(
    name="rust",
    suffixes=(".rs",),
    grammar="tree_sitter_rust",
    query=query(__file__, "definitions"),
    uses=query(__file__, "uses"),
    lookup=Lookup.MODULES,
    separator="::",
    keywords=words("""
        as async await bool box break char const continue crate dyn else enum extern f32 f64 false fn for i32 i64 if impl in
        let loop match mod move mut pub ref return self static str struct super trait true type u32 u64 u8 unsafe use usize where while
        """),
    test_files=("tests/*", "*/tests/*", "tests.rs", "test.rs", "*_test.rs"),
    test_marks=r"(?:\w+::)*test(?:\(.*\))?|rstest.*|test_case.*",
    receivers=("self", "Self"),
    version=2,
)
