"""The page of a picture in a real browser: searched, clicked, filtered, switched to dark, asked by keys."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixbot_analysis.graph import DependencyGraph, drawing
from fixbot_analysis.symbols import extract

pytestmark = pytest.mark.needs("chromium")

FILES = {
    "shop/__init__.py": "",
    "shop/tax.py": "def rate(c):\n    '''The rate.'''\n    return 1\n\n\ndef base():\n    return 2\n",
    "shop/cart.py": (
        "from shop.tax import base, rate\n\n\nclass Cart:\n    def total(self):\n        return rate(1) + base()\n\n"
        "    def show(self):\n        return self.total()\n\n    def print(self):\n        return self.total()\n"
    ),
}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,800",
    "--blink-settings=preferredColorScheme=1",
    "--remote-debugging-pipe",
]


class Browser:
    """A browser spoken to over two pipes (Chrome DevTools Protocol)."""

    def __init__(self, profile: Path) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()

        def hand_over() -> None:
            spare = [os.dup(theirs_in), os.dup(theirs_out)]  # either may be 3 or 4 already
            os.dup2(spare[0], 3)
            os.dup2(spare[1], 4)

        self.process = subprocess.Popen(
            ["chromium", *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=hand_over,  # noqa: PLW1509 - the protocol's pipes must be 3 and 4
            pass_fds=(3, 4),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        self._number = 0
        self._session = ""

    def start(self) -> None:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = str(self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def ask(self, method: str, **parameters: object) -> dict[str, object]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        self._out.flush()
        while True:
            answer = json.loads(self._message())
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]  # type: ignore[no-any-return]

    def _message(self) -> bytes:
        found = bytearray()
        while (byte := self._in.read(1)) != b"\0":
            assert byte, "the browser has gone"
            found += byte
        return bytes(found)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self._in.close()
        self._out.close()

    def run(self, script: str) -> object:
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")  # type: ignore[attr-defined]

    def open(self, page: Path) -> None:
        self.ask("Page.enable")
        self.ask("Page.navigate", url=page.as_uri())
        self.run("new Promise(r => document.readyState === 'complete' ? r() : addEventListener('load', () => r()))")

    def click(self, selector: str) -> None:
        """With the mouse, in the middle of the first such element."""
        x, y = self.run(  # type: ignore[misc]
            f"(() => {{ const r = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str) -> None:
        text = {"text": key} if len(key) == 1 else {}
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    def write(self, text: str) -> None:
        self.ask("Input.insertText", text=text)

    def text(self, selector: str) -> str:
        return str(self.run(f"document.querySelector({json.dumps(selector)}).innerText"))

    def count(self, selector: str) -> int:
        return int(str(self.run(f"document.querySelectorAll({json.dumps(selector)}).length")))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = Browser(tmp_path_factory.mktemp("profile"))
    try:
        found.start()
        yield found
    finally:
        found.end()


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Browser:
    """The page of what is around Cart.total, of which three boxes are drawn."""
    graph = DependencyGraph.build({path: extract(text.encode()) for path, text in FILES.items()})
    view = drawing.surroundings(graph, "shop/cart.py::Cart.total", 1)
    said = drawing.Detail("def total(self)", "Adds <b onclick=x>up</b>.")
    (tmp_path / "page.html").write_text(drawing.html(view.draw(3, lambda _: said)), "utf-8")
    browser.open(tmp_path / "page.html")
    return browser


def test_a_page_opens_with_everything_in_sight(browser: Browser, tmp_path: Path) -> None:
    calls = "".join(f"def f{i}():\n    f{i + 1}()\n\n\n" for i in range(40))
    graph = DependencyGraph.build({"a.py": extract(f"{calls}def f40(): ...\n".encode())})
    view = drawing.flow(graph, "a.py::f0", 40)
    (tmp_path / "page.html").write_text(drawing.html(view.draw(60, None)), "utf-8")
    browser.open(tmp_path / "page.html")
    assert browser.count("g.box") == 41
    cut = browser.run(
        "(() => { const s = document.getElementById('stage').getBoundingClientRect();"
        " return [...document.querySelectorAll('g.box')].map(b => b.getBoundingClientRect())"
        ".filter(b => b.left < s.left || b.top < s.top || b.right > s.right || b.bottom > s.bottom).length; })()"
    )
    assert cut == 0


def test_a_click_tells_of_a_box_and_its_neighbours(page: Browser) -> None:
    assert page.count("g.box") == 3
    page.click("g.box.focus rect.card")
    assert page.text("#details h2") == "Cart.total"
    details = page.text("#details")
    assert "shop/cart.py:5" in details
    assert "Adds <b onclick=x>up</b>." in details
    assert "called by (2)" in details
    assert page.count("#world.picked path.line.on") >= 1
    page.press("Escape")
    assert page.run("document.getElementById('details').hidden") is True
    assert page.count("#world.picked") == 0


def test_a_neighbour_that_is_not_drawn_comes_in_when_it_is_clicked(page: Browser) -> None:
    page.click("g.box.focus rect.card")
    lines = page.count("path.line")
    page.run("[...document.querySelectorAll('#details li button')].find(b => b.innerText.endsWith('+')).id = 'new'")
    page.click("#new")
    assert page.count("g.box") == 4
    assert page.count("path.line") > lines
    places = page.run(
        "[...document.querySelectorAll('g.box rect.card')].map(r => { const b = r.getBoundingClientRect(); return [b.x, b.y, b.right, b.bottom]; })"
    )
    assert isinstance(places, list)
    for at, a in enumerate(places):
        for b in places[:at]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_search_finds_by_keys_and_says_when_there_is_nothing(page: Browser) -> None:
    page.press("/")
    page.write("nothing of that sort")
    assert "nothing of that name" in page.text("#hits")
    page.press("Escape")
    page.press("/")
    page.write("prin")
    assert page.text("#hits li").startswith("Cart.print")
    page.press("Enter")
    assert page.text("#details h2") == "Cart.print"
    assert page.count("#hits li") == 0
    page.press("ArrowRight")
    assert page.text("#details h2") == "Cart.total"


def test_the_theme_follows_the_system_until_it_is_switched(page: Browser) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.run(ground)
    assert light == "rgb(255, 255, 255)"
    page.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    dark = page.run(ground)
    assert dark != light
    page.click("#theme")
    assert page.run(ground) == light
    page.click("#theme")
    assert page.run(ground) == dark
    assert page.run("getComputedStyle(document.querySelector('svg.graph text.label')).fill") == "rgb(230, 237, 243)"
    page.ask("Emulation.setEmulatedMedia", features=[])


def test_kinds_of_lines_are_hidden_and_shown(page: Browser) -> None:
    seen = "[...document.querySelectorAll('#world path.line.calls')].filter(p => p.style.display !== 'none').length"
    before = page.run(seen)
    assert before
    page.click("#legend input[value=calls]")
    assert page.run(seen) == 0
    page.click("#legend input[value=calls]")
    assert page.run(seen) == before


def test_dragging_moves_and_the_wheel_zooms(page: Browser) -> None:
    where = "document.getElementById('world').style.transform"
    first = page.run(where)
    page.ask("Input.dispatchMouseEvent", type="mousePressed", x=600, y=700, button="left", clickCount=1)
    page.ask("Input.dispatchMouseEvent", type="mouseMoved", x=660, y=720, button="left", buttons=1)
    page.ask("Input.dispatchMouseEvent", type="mouseReleased", x=660, y=720, button="left", clickCount=1)
    moved = page.run(where)
    assert moved != first
    page.ask("Input.dispatchMouseEvent", type="mouseWheel", x=600, y=400, deltaX=0, deltaY=-120)
    assert page.run(f"new Promise(r => setTimeout(() => r({where}), 200))") != moved
    page.press("0")
    assert page.run("document.getElementById('details').hidden") is True


def test_names_that_are_markup_do_nothing(browser: Browser, tmp_path: Path) -> None:
    hostile = '</script><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    box = drawing.Box(
        hostile,
        hostile,
        "class",
        hostile,
        True,
        rows=(hostile,),
        inside=(hostile,),
        detail=drawing.Detail(hostile, hostile),
    )
    line = drawing.Line(hostile, hostile, "calls")
    (tmp_path / "bad.html").write_text(drawing.html(drawing.Picture(hostile, (box,), (line,))), "utf-8")
    browser.open(tmp_path / "bad.html")
    browser.click("g.box rect.card")
    assert browser.text("#details h2") == hostile
    browser.press("/")
    browser.write("hacked")
    assert browser.run("[window.hacked === undefined, document.images.length]") == [True, 0]
