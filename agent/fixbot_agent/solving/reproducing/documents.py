"""Examples of a project's documents and docstrings, as tests: what they make under a name can be lent."""

import ast
import re
from collections.abc import Iterator

from fixbot_agent.solving.reproducing.names import Origins
from fixbot_agent.solving.reproducing.project_tests import LONGEST, File, Test, bound
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.issue_blocks import pieces
from fixbot_repair.issue_code import set_up
from fixbot_repair.issue_source import parsed

_MOST = 200  # examples that are parsed


def examples(origins: Origins, wanted: frozenset[str]) -> Iterator[Test]:
    """Effect: reads the project's files. Examples that bind all of `wanted`, each as the body of a test without arguments."""
    left = _MOST
    for path, text in (*origins.documents(), *_docstrings(origins)):
        if not all(re.search(rf"\b{re.escape(name)}\b[^\n=]{{0,40}}=", text) for name in wanted):
            continue
        for piece in pieces(text.split("\n")):
            left -= piece.is_block
            if left < 0:
                return
            source = set_up(piece.text) if piece.is_block else ""
            if (body := parsed(source)) and len(body) <= LONGEST and wanted <= bound(body):
                [function] = ast.parse("def example(): pass").body
                assert isinstance(function, ast.FunctionDef)
                yield Test(File(path, source, body), function, tuple(body))


def _docstrings(origins: Origins) -> Iterator[tuple[str, str]]:
    """The docstrings of the project's own modules that show a session, under the paths of these."""
    for path, text in origins.texts():
        if ">>>" in text and not is_test(path):
            nodes = (node for one in parsed(text) for node in ast.walk(one))
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
            told = [ast.get_docstring(node) for node in nodes if isinstance(node, kinds)]
            top = parsed(text)[:1]
            if top and isinstance(top[0], ast.Expr) and isinstance(top[0].value, ast.Constant):
                told.insert(0, str(top[0].value.value))
            yield from ((path, doc) for doc in told if doc and ">>>" in doc)
