"""Neovim, headless, with the plugin that ships: completion, diagnostics, quick fixes, a raw inlineCompletion request."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

PLUGIN = Path(__file__).resolve().parents[2] / "editors" / "nvim"

SCRIPT = """
vim.opt.runtimepath:append(PLUGIN)
local seen = { diagnostics = {} }
require("fixbot").setup({ cmd = { FIXBOT, "lsp" }, settings = SETTINGS })
local indexed = false
vim.lsp.handlers["fixbot/learnt"] = function() indexed = true end
vim.cmd("edit " .. FILE)
vim.cmd("set filetype=python")
local buffer = vim.api.nvim_get_current_buf()
local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 30000) or {}
  for _, answer in pairs(answers) do return answer.result end
end
local function at(line, character)
  return { textDocument = vim.lsp.util.make_text_document_params(buffer),
           position = { line = line, character = character },
           context = { triggerKind = 1 } }
end
local ok = vim.wait(60000, function() return indexed end, 20)
seen.indexed = ok
BODY
local file = io.open(OUT, "w")
file:write(vim.fn.json_encode(seen))
file:close()
vim.cmd("qall!")
"""


@pytest.fixture
def neovim(fixbot: str, tmp_path: Path) -> Any:
    def run(path: str, body: str, settings: str = "{}") -> Any:
        values = {
            "PLUGIN": str(PLUGIN),
            "FIXBOT": fixbot,
            "FILE": str(tmp_path / path),
            "OUT": str(tmp_path / "seen.json"),
        }
        script = "".join(f"local {name} = {json.dumps(value)}\n" for name, value in values.items())
        (tmp_path / "x.lua").write_text(script + f"local SETTINGS = {settings}\n" + SCRIPT.replace("BODY", body))
        command = ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {tmp_path / 'x.lua'}"]
        env = {
            **os.environ,
            "XDG_STATE_HOME": str(tmp_path),
            "XDG_CACHE_HOME": str(tmp_path),
            "XDG_DATA_HOME": str(tmp_path),
        }
        done = subprocess.run(command, env=env, capture_output=True, timeout=110, check=False, cwd=tmp_path)
        assert (tmp_path / "seen.json").exists(), done.stderr.decode()
        return json.loads((tmp_path / "seen.json").read_text())

    (tmp_path / "pyproject.toml").touch()
    return run


@pytest.mark.needs("nvim")
def test_completion_and_a_raw_inline_completion(neovim: Any, tmp_path: Path) -> None:
    line = "    logger.warning('could not read %s', path)\n"
    habit = "import logging\nlogger = logging.getLogger()\n" + "".join(f"def f{n}(path):\n{line}\n" for n in range(9))
    (tmp_path / "habit.py").write_text(habit + "def g(path):  # 🦊\n    log")
    last = habit.count("\n") + 1
    seen = neovim(
        "habit.py",
        f"""
        seen.items = ask("textDocument/completion", at({last}, 7)).items
        seen.inline = ask("textDocument/inlineCompletion", at({last}, 7)).items
        """,
    )
    rest = line.strip()
    assert "logger" in [i["label"] for i in seen["items"]]
    assert [i["textEdit"]["newText"] for i in seen["items"]].count(rest) == 1
    assert [i["insertText"] for i in seen["inline"]] == [rest]


@pytest.mark.needs("nvim")
def test_diagnostics_behind_an_emoji(neovim: Any, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text('fox = "🦊"; x = = 1\n')
    seen = neovim(
        "m.py",
        """
        vim.wait(80000, function() return #vim.diagnostic.get(buffer) > 0 end, 20)
        seen.diagnostics = vim.diagnostic.get(buffer)
        """,
    )
    (shown,) = seen["diagnostics"]
    assert (shown["lnum"], shown["col"]) == (0, len('fox = "🦊"; x = '.encode()))
