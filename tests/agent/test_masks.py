"""What stands for a key is never written for it: edits of models, samples and kept patches keep what was not shown."""

import json
from collections.abc import Mapping
from types import SimpleNamespace

import pytest
from test_tools import Files, Symbols, Tests

from fixbot_agent.models import ToolCall
from fixbot_agent.runs import Redactor, masks
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.strategies.blocks import Unfit, blocks, patch
from fixbot_agent.tools import Desk, Outcome, Toolbox
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.verification import Trial, Verdict

FIRST, SECOND = "plantedSaltAbC123", "plantedOther-44zz"
CONF = f"""\
import hashlib


def token(user):
    key = "{FIRST}"
    return hashlib.sha1((key + user).encode())


def other(user):
    key = "{SECOND}"
    return key
"""
PEM = "KEY = '''-----BEGIN PRIVATE KEY-----\nabc\ndef\n-----END PRIVATE KEY-----'''\nx = 1\n"
REDACT = Redactor(values=[FIRST, SECOND])


@pytest.fixture
def box() -> Toolbox:
    files = Files(
        {"shop/conf.py": CONF.encode(), "dos.py": CONF.replace("\n", "\r\n").encode(), "pem.py": PEM.encode()}
    )
    return Toolbox(Desk(files, Tests(), Symbols(), redact=REDACT))


def use(box: Toolbox, name: str, **arguments: object) -> Outcome:
    return box.use(ToolCall("1", name, json.dumps(arguments)))


def text(box: Toolbox, path: str = "shop/conf.py") -> str:
    return box.desk.files.read(path).decode()


def test_the_pieces_of_a_text_are_what_is_shown_of_it() -> None:
    for whole in (CONF, PEM, f"Bearer {FIRST}{SECOND}", "plain", ""):
        parts = REDACT.parts(whole)
        assert "".join(shown for shown, _ in parts) == REDACT(whole)
        assert "".join(source for _, source in parts) == whole


@pytest.mark.parametrize("path", ["shop/conf.py", "dos.py"])
def test_a_search_with_a_mask_finds_the_key_and_keeps_it(box: Toolbox, path: str) -> None:
    before = text(box, path)
    search = 'def token(user):\n    key = "[redacted: key]"\n    return hashlib.sha1('
    done = use(box, "edit", path=path, search=search, replace=search.replace("sha1", "sha256"))
    assert done.ok, done.text
    assert text(box, path) == before.replace("sha1", "sha256")


def test_a_file_that_is_written_as_a_whole_keeps_each_key_in_its_place(box: Toolbox) -> None:
    shown = REDACT(CONF)
    assert use(box, "write_file", path="shop/conf.py", text=shown.replace("sha1", "sha256")).ok
    assert text(box) == CONF.replace("sha1", "sha256")
    one, two = (
        "def token" + shown.split("def token")[1].split("def other")[0],
        "def other" + shown.split("def other")[1],
    )
    assert use(box, "write_file", path="shop/conf.py", text=f"import hashlib\n\n\n{two}\n\n{one}").ok
    moved = text(box)
    assert moved.index(SECOND) < moved.index("def token") < moved.index(FIRST), "a key goes with its function"


def test_a_key_of_several_lines_stays(box: Toolbox) -> None:
    assert use(box, "write_file", path="pem.py", text=REDACT(PEM).replace("x = 1", "x = 2")).ok
    assert text(box, "pem.py") == PEM.replace("x = 1", "x = 2")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("edit", {"path": "shop/conf.py", "search": "return key", "replace": 'return "[redacted: key]" + key'}),
        ("edit", {"path": "shop/conf.py", "search": '    key = "[redacted: key]"\n', "replace": ""}),
        ("write_file", {"path": "new.py", "text": 'key = "[redacted: key]"\n'}),
    ],
)
def test_a_mask_that_stands_for_nothing_is_refused_with_the_reason(
    box: Toolbox, name: str, arguments: Mapping[str, str]
) -> None:
    said = use(box, name, **arguments)
    assert not said.ok
    assert "not shown" in said.text
    assert not box.desk.touched


def test_a_project_that_writes_masks_itself_may_write_more() -> None:
    held = 'LABEL = "[redacted: key]"\n'
    assert masks.restored(f'{held}OTHER = "[redacted: key]"\n', held, REDACT) == f'{held}OTHER = "[redacted: key]"\n'


def sample(old: str, new: str) -> str:
    text = f"shop/conf.py\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"
    files = {"shop/conf.py": CONF.encode()}
    return patch(blocks(text), files.get, REDACT).apply(files)["shop/conf.py"].decode()


def test_a_sample_keeps_the_key() -> None:
    old = 'def other(user):\n    key = "[redacted: key]"\n    return key\n'
    assert sample(old, old.replace("return key", "return key[::-1]")) == CONF.replace("return key", "return key[::-1]")
    with pytest.raises(Unfit, match="not shown"):
        sample("    return key\n", '    return "[redacted: key]"\n')


def test_a_patch_with_a_mask_is_never_called_verified() -> None:
    before = {"a.py": b'key = "k"\n'}
    verifier = SimpleNamespace(
        document=lambda path: SimpleNamespace(data=before[path]),
        confirm=lambda candidate, _: Trial(candidate, Verdict.PLAUSIBLE, final=True),
    )
    quiet = SimpleNamespace(step=lambda *_: None, event=lambda *_, **__: None)
    given = SimpleNamespace(
        job=SimpleNamespace(progress=quiet, run=quiet), case=SimpleNamespace(held=("t",), failing=("t",)),
        tried=SimpleNamespace(trials=0, found=()), account=SimpleNamespace(budget=SimpleNamespace(elapsed=0.0)),
    )  # fmt: skip
    scene = Scene(given.job, None, given.case, verifier, given.tried, given.account, None, [])  # type: ignore[arg-type]

    def verdict(after: bytes) -> Trial:
        return scene.last_word(Candidate(Patch.between(before, {"a.py": after}), "model:m"))

    assert verdict(b'key = "j"\n').verdict is Verdict.PLAUSIBLE
    refused = verdict(b'key = "[redacted: key]"\n')
    assert refused.verdict is Verdict.UNAPPLIED
    assert "not shown" in refused.why
