"""Java."""

from fixbot_analysis.languages.language import Language, Lookup, words
from fixbot_analysis.languages.queries import query

JAVA = Language(
    name="java",
    suffixes=(".java",),
    grammar="tree_sitter_java",
    query=query(__file__, "definitions"),
    uses=query(__file__, "uses"),
    lookup=Lookup.DOTTED,
    keywords=words("""
        abstract assert boolean break byte case catch char class const continue default do double else enum extends false final
        finally float for goto if implements import instanceof int interface long native new null package private protected
        public return short static strictfp string super switch synchronized this throw throws transient true try void volatile while
        """),
    test_files=("*Test.java", "*Tests.java", "Test*.java", "*TestCase.java", "*IT.java", "*/src/test/*", "src/test/*"),
    test_names=r"test[A-Z_]\w*",
    test_marks=r"(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory)(?:\(.*)?",
    receivers=("this",),
)
