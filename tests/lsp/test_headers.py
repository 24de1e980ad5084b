"""Definitions by their headers: where a test stands, how far a function goes, whether it says what it does."""

from fixbot_lsp.talking.headers import body, calls, has_docstring, headers, line_of

CODE = b"""class TestCart:
    def test_total(self):
        assert total(cart) == 3

    async def test_paid(
        self,
        cart,  # a fixture: with a colon
    ):
        \"\"\"Pays.\"\"\"
        # a comment
        await pay(cart)
# not indented, still a comment
        return None


def test_total():
    pass
"""


def test_a_test_is_found_by_its_id_with_its_class_and_parameters() -> None:
    assert line_of(CODE, "t.py::TestCart::test_total[3-x]") == 1
    assert line_of(CODE, "t.py::test_total") == 15
    assert line_of(CODE, "t.py::test_gone") is None
    assert line_of(CODE, "t.py") is None


def test_how_far_a_definition_goes_and_what_it_calls() -> None:
    found = {h.name: h for h in headers(CODE)}
    assert body(CODE, found["TestCart"]) == (0, 12)
    assert body(CODE, found["TestCart.test_total"]) == (1, 2)
    assert body(CODE, found["TestCart.test_paid"]) == (4, 12)
    assert calls(CODE, *body(CODE, found["TestCart.test_total"])) == {"total"}


def test_whether_a_docstring_follows_the_header() -> None:
    found = {h.name: h for h in headers(CODE)}
    assert has_docstring(CODE, found["TestCart.test_paid"])
    assert not has_docstring(CODE, found["test_total"])
    assert not has_docstring(CODE, found["TestCart"])
