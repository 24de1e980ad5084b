-- The plugin with a server that offers several texts of several lines: shown, chosen, taken in part, told; commands and reports.

return function(H)
  local seen = H.seen
  require("fixbot").setup({ cmd = { GIVEN.command, "lsp" }, trust = true, unknown = 1, inline = 3 })
  vim.cmd("edit " .. GIVEN.folder .. "/m.py")
  vim.cmd("set filetype=python")
  H.ready()
  seen.statusline = require("fixbot").statusline()

  H.type("ifor")
  seen.several = H.wait("two lines", H.ghost)
  H.type("<M-]>")
  seen.second = H.wait("the other text", function()
    return H.ghost() ~= seen.several and H.ghost()
  end)
  H.type("<M-]>")
  H.wait("the first text again", function()
    return H.ghost() == seen.several
  end)
  H.type("<M-C-Right>")
  H.wait("its line", function()
    return H.line():match(":$")
  end)
  H.type("<Tab>")
  H.wait("its rest", function()
    return vim.api.nvim_buf_line_count(0) == 2
  end)
  seen.lines, seen.cursor = vim.api.nvim_buf_get_lines(0, 0, -1, false), vim.api.nvim_win_get_cursor(0)

  vim.bo.autoindent = false
  H.type("<Esc>o)<Left>call(")
  seen.inside = H.wait("text before a bracket", H.ghost)
  H.type("<C-]>")
  H.wait("nothing", function()
    return not H.ghost()
  end)
  H.type("x")
  H.type("<Esc>dd")
  H.wait("a line less", function()
    return vim.api.nvim_buf_line_count(0) == 2
  end)

  local function shown(command, name)
    vim.cmd(command)
    local text = H.wait(command, function()
      return vim.api.nvim_buf_get_name(0):match(name) and table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
    end)
    vim.cmd("close!")
    return text
  end
  seen.answer = shown("FixbotAsk who calls it?", "answer")
  seen.explanation = shown("1FixbotExplain", "explanation")
  vim.cmd("FixbotAsk fail")
  H.wait("the error", function()
    return H.told[#H.told]:match("cannot be answered")
  end)
  vim.cmd("FixbotSolve the last day lacks")
  vim.cmd("FixbotFixAll!")
  vim.cmd("FixbotFixAll")
  vim.cmd("FixbotRunTest tests/test_a.py::test_b")
  H.wait("three answers", function()
    return #vim.tbl_filter(function(each)
      return vim.api.nvim_buf_get_name(each):match("fixbot://")
    end, vim.api.nvim_list_bufs()) >= 2
  end)
  vim.cmd("only! | edit! " .. GIVEN.folder .. "/m.py")

  -- The way of 0.12, with a stand-in for what Neovim brings there.
  local native = {}
  vim.lsp.inline_completion = {
    enable = function(on, filter)
      native.enabled = on and filter.bufnr
    end,
    get = function()
      native.got = (native.got or 0) + 1
      return native.got > 1
    end,
    select = function() end,
  }
  require("fixbot").setup({ cmd = { GIVEN.command, "lsp" }, trust = true })
  local other = (vim.lsp.start or vim.lsp.start_client)({ name = "pyright", cmd = { GIVEN.command, "lsp" } })
  vim.lsp.buf_attach_client(0, other)
  H.wait("another server", function()
    local started = vim.lsp.get_client_by_id(other)
    return started and (started.server_capabilities or {}).completionProvider
  end)
  local old = H.wait("a client", H.client).id
  local function beside()
    local client = H.client()
    return client and (client.settings or client.config.settings).fixbot.beside
  end
  if vim.fn.exists("##LspAttach") == 1 then
    H.wait("word of the other server", beside) -- told when it came later
  end
  vim.cmd("FixbotRestart")
  H.wait("another client", function()
    return H.client() and H.client().id ~= old and native.enabled == vim.api.nvim_get_current_buf()
  end)
  seen.beside = H.wait("word of the other server", beside)
  vim.bo.expandtab, vim.bo.softtabstop = true, 2
  H.type("ggI<Tab>")
  H.wait("a tab where nothing is shown", function()
    return H.line():match("^%s")
  end)
  seen.tabbed = H.line()
  H.type("<Tab>")
  H.wait("an acceptance", function()
    return native.got == 2
  end)
  seen.native = H.line()
  H.type("<Esc>")
  local config = require("fixbot.config")
  vim.env.PATH, vim.env.HOME = "/nowhere", "/nowhere"
  config.set({ trust = false })
  seen.untrusted = config.command(GIVEN.folder) or "none"
  config.set({ trust = true })
  seen.trusted = config.command(GIVEN.folder) or "none"
  seen.tests = {
    require("fixbot.commands").test_at({ "class TestA:", "    def test_b(self):", "        assert 1" }, 3, "t.py"),
    require("fixbot.commands").test_at({ "async def test_c():", "    pass" }, 2, "t.py"),
    require("fixbot.commands").test_at({ "def helper():", "    pass" }, 2, "t.py") or "none",
  }
end
