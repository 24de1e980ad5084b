"""``fixbot cover`` with a model for what its search does not reach: what is kept of it, what is told, and the run that is left."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest
from doubles import configure

from fixbot_agent.cli.app import run
from fixbot_agent.covering.proposing.reading import said
from fixbot_agent.schemas import load

KEY, TOKEN = "canary-5e1fd0b2c7", "Zq8vX2mN5kLp9wRt4yUb"
SHOP = f'''"""A shop. {KEY}"""

import zlib

SEEN = []
API_TOKEN = "{TOKEN}"


def rate(card):
    """Percent off for a card: ten for nine digits that add up to 63, behind GOLD."""
    if not card.startswith("GOLD"):
        return 0
    digits = [int(c) for c in card if c.isdigit()]
    if len(digits) == 9 and sum(digits) == 63:
        return 10
    return 5


def opens(word):
    if zlib.crc32(word.encode()) == {__import__("zlib").crc32(b"open sesame")}:
        return "cave"
    return "door"
'''
GOOD = "def test_a_full_card_gets_ten():\n    assert rate('GOLD777777777') == 10\n"
PROPOSED = {
    "is no test as it is written": "def test_skips():\n    pytest.skip('later')\n    assert rate('') == 0\n",
    "reaches outside": "def test_writes():\n    open('left', 'w').close()\n    assert rate('GOLD777777777') == 10\n",
    "leaves something changed": "def test_sets():\n    os.environ['SHOP'] = '1'\n    assert rate('GOLD777777777') == 10\n",
    "is not stable": "def test_year():\n    assert rate('GOLD777777777') == 10\n    assert time.gmtime().tm_year > 2020\n",
    "notices nothing new": "def test_lax():\n    assert rate('GOLD777777777') is not SEEN\n",
    "holds a key": f"def test_token():\n    assert rate('{TOKEN}') == 0\n",
    "does not pass": "def test_wrong():\n    assert rate('GOLD7') == 7\n",
    "": GOOD,
    "adds no coverage": "def test_again():\n    assert rate('SILVER') == 0\n",
}
IMPORTS = "import os\nimport time\n\nimport pytest\n\nfrom shop import SEEN, opens, rate"
OPTIONS = ("shop.py", "--timeout", "90", "--target", "1.0", "--python", sys.executable)


def answer(*tests, faults=()):
    rows = [{"code": code, "lines": []} for code in tests]
    return {"imports": IMPORTS, "tests": rows, "faults": [{"test": t, "why": w} for t, w in faults]}


STEPS = [
    answer(PROPOSED["does not pass"]),
    answer(  # what does not hold of it is not put back: nothing is open any more
        GOOD,
        "def test_none():\n    assert rate('') is None\n",
        faults=[("test_wrong", "the documentation asks for seven")],
    ),
    {"error": {"message": "out of order", "code": 400}},
    answer("def test_the_word_opens_the_cave():\n    assert opens('open sesame') == 'cave'\n"),
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("DEPLOY_TOKEN", KEY)
    monkeypatch.setattr("fixbot_agent.covering.search._TIRED", 5)  # what it finds at all, it finds at once
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    (root / "shop.py").write_text(SHOP)
    (root / "conftest.py").write_text("")
    who = ("-c", "user.name=n", "-c", "user.email=n@example.org")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "one"]):
        subprocess.run(["git", *who, *arguments], cwd=root, check=True)
    for name in ("user.name", "user.email"):
        subprocess.run(["git", "config", name, "n@example.org"], cwd=root, check=True)
    return root


@pytest.fixture
def served(endpoint):
    made = endpoint([])
    made.steps = list(STEPS)

    def answered(_):
        step = made.steps.pop(0)
        if "error" in step:
            return step
        message = {"role": "assistant", "content": f"Here you are:\n```json\n{json.dumps(step)}\n```"}
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        return {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}

    made.answer = answered
    configure("test", made.url)
    return made


def ran(capsys, *arguments, code=0):
    assert run([*arguments]) == code
    return capsys.readouterr()


def document(capsys, *arguments, code=0):
    found = json.loads(ran(capsys, "cover", *arguments, "--json", code=code).out)
    jsonschema.validate(found, load("cover"), jsonschema.Draft202012Validator)
    return found


def test_what_does_not_hold_shows_nothing_or_reaches_out_is_not_kept(project, served, capsys):
    served.steps[:] = [answer(*PROPOSED.values())]
    found = document(capsys, *OPTIONS, "--max-steps", "1", code=4)
    assert {row["why"]: row["count"] for row in found["asked"]["refused"]} == {why: 1 for why in PROPOSED if why}
    assert [test["name"] for test in found["tests"] if test["by"]] == ["test_a_full_card_gets_ten"]
    assert not (project / "left").exists()
    assert TOKEN.encode() not in b"".join(served.raw)


def test_a_model_writes_what_the_search_does_not_reach_and_the_run_is_kept(project, served, capsys, tmp_path):
    first = document(capsys, *OPTIONS, code=4)
    (kept,) = [test for test in first["tests"] if test["by"]]
    assert (kept["name"], bool(kept["notices"])) == ("test_a_full_card_gets_ten", True)
    assert '+    assert rate("GOLD777777777") == 10' in first["patch"]
    found, other = first["disagreements"]
    assert (found["expected"], found["assertion"]) == ("7", "assert rate('GOLD7') == 7")
    assert (other["expected"], other["opinion"]) == ("None", "")
    assert "assert 5 == 7" in found["given"]
    assert (found["opinion"], found["withdrawn"]) == ("the documentation asks for seven", False)
    assert "out of order" in first["asked"]["why_not"]
    assert first["models"][0]["calls"] == len(served.raw) == 3
    assert "def test_rate" in first["patch"]

    told = ran(capsys, "cover", "--resume", "last", "--branch", "more")
    assert len(served.raw) == 4, "what was answered is not asked for again"
    assert "2 answers of models were on disk and not asked for again." in told.err
    assert "it holds the code to be wrong: the documentation asks for seven" in told.err
    assert "what they assert was chosen by a model" in told.err
    log = subprocess.run(["git", "log", "-1", "--format=%B", "more"], capture_output=True, text=True, check=True).stdout
    assert "Fixbot-Model: m\nFixbot-Source: search\nFixbot-Run: " in log

    replay = [sys.executable, "-m", "fixbot_agent.cli", "runs", "replay", "last"]  # it talks to nobody from then on
    again = subprocess.run(replay, capture_output=True, text=True, check=True).stdout
    assert "3 answers of models came from the run; nobody was asked" in again
    assert "it came to the same patch" in again
    assert len(served.raw) == 4

    ran(capsys, "runs", "undo", "last")
    ran(capsys, "runs", "apply", "last")
    text = (project / "tests" / "test_shop.py").read_text()
    assert "test_the_word_opens_the_cave" in text
    subprocess.run([sys.executable, "-m", "pytest", "-q", "tests"], cwd=project, check=True, capture_output=True)
    ran(capsys, "runs", "undo", "last")
    assert not (project / "tests" / "test_shop.py").exists()
    ended = document(capsys, "--resume", "last")
    assert (len(served.raw), ended["models"][0]["calls"], ended["models"][0]["cost"]) == (4, 0, 0)
    shown = ran(capsys, "runs", "show", "last").out
    assert "the code gives" in shown
    page = tmp_path / "run.html"
    ran(capsys, "runs", "show", "last", "--html", str(page))
    assert "it holds the code to be wrong: the documentation asks for seven" in page.read_text()
    assert "test_a_full_card_gets_ten" in page.read_text()
    exported = tmp_path / "run.zip"
    ran(capsys, "runs", "export", "last", str(exported))
    (folder,) = (Path(os.environ["FIXBOT_HOME"]) / "state" / "runs").iterdir()
    whole = [p.read_bytes() for p in folder.iterdir()] + served.raw + [page.read_bytes(), exported.read_bytes()]
    whole += [zipfile.ZipFile(exported).read(name) for name in zipfile.ZipFile(exported).namelist()]
    assert not any(KEY.encode() in part for part in whole)
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def test_a():\n    assert f() == 1\n", ""),
        ("@pytest.mark.xfail\ndef test_a():\n    assert f() == 1\n", "`pytest.mark.xfail`"),
        ("def test_a():\n    pytest.importorskip('x')\n    assert f()\n", "`pytest.importorskip`"),
        ("def test_a():\n    assert reader.skip(2) == f()\n", ""),
        ("def test_a():\n    assert f() == 1 or True\n", "holds whatever"),
        ("def test_a():\n    assert (f() == 2, 'told')\n", "holds whatever"),
        ("def test_a():\n    value = f()\n    assert value == value\n", "holds whatever"),
        ("def test_a():\n    f()\n", "checks nothing"),
        ("LIMIT = 3\n\n\ndef test_a():\n    assert f() == LIMIT\n", "stands outside"),
        ("def test_a(:\n    assert f()\n", "cannot be parsed"),
        ("def test_a():\n    with pytest.raises(ValueError):\n        f()\n", ""),
    ],
)
def test_a_test_that_shows_nothing_is_refused_as_it_is_written(code, why):
    (found,) = said(json.dumps(answer(code))).proposals
    assert why in found.why_not if why else found.why_not == ""


def test_an_answer_that_is_no_json_is_read_as_code():
    text = f"Sure.\n```python\nimport os\nfrom shop import rate, opens as o\n\n{GOOD}\n```\nThat is all."
    (found,) = said(text).proposals
    assert (found.name, found.code) == ("test_a_full_card_gets_ten", GOOD)
    assert found.imports == ("import os", "from shop import rate", "from shop import opens as o")
