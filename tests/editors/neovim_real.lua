-- The plugin with the real server: list, grey text, squiggles, trust, a killed server, two folders, health.

return function(H)
  local seen = H.seen
  vim.g.fixbot = { cmd = { GIVEN.command, "lsp" }, settings = { diagnostics = { semgrep = false } } }
  vim.cmd("runtime plugin/fixbot.lua")
  vim.cmd("edit " .. GIVEN.folder .. "/a/habit.py")
  vim.cmd("set filetype=python")
  vim.o.updatetime = 150
  H.type("i")
  H.ready()
  H.type("11<CR>") -- what a question would take for its answer
  local typed = vim.loop.now()
  H.wait("a while in insert mode", function()
    return vim.loop.now() - typed > 600
  end)
  seen.asked_typing, seen.typed = #H.asked, vim.api.nvim_buf_get_lines(0, 0, 1, false)[1]
  H.type("<Esc>u")
  H.wait("the question, when nothing is typed", function()
    return #H.asked == 1
  end)
  seen.before_trust = require("fixbot").statusline()
  H.answers = { "^Yes" }
  vim.cmd("FixbotTrust")
  H.wait("trust to be known", function()
    return require("fixbot.statusline").of(0).trusted == true
  end)
  seen.after_trust = require("fixbot").statusline()

  local last = vim.api.nvim_buf_line_count(0)
  vim.api.nvim_win_set_cursor(0, { last, 0 })
  H.type("A")
  H.type("log")
  seen.ghost = H.wait("grey text", H.ghost)
  local list = H.ask("textDocument/completion", {
    textDocument = { uri = vim.uri_from_bufnr(0) },
    position = { line = last - 1, character = #H.line() },
    context = { triggerKind = 1 },
  })
  seen.labels = vim.tbl_map(function(item)
    return item.label
  end, list.items)
  H.type("g")
  seen.along = H.wait("the same text, a letter shorter", function()
    return H.line():match("logg$") and H.ghost()
  end)
  H.type("<M-Right>")
  seen.word = H.wait("a word of it", function()
    return H.line() ~= "    logg" and H.line()
  end)
  H.type("<Tab>")
  seen.accepted = H.wait("the rest of it", function()
    return H.line():match("%)$") and H.line()
  end)
  seen.left, seen.key = H.ghost() or "", vim.fn.maparg("<Tab>", "i", false, true).desc or ""
  H.type("<Esc>u")
  seen.undone = H.wait("undo", function()
    return not H.line():match("%)$") and H.line()
  end)

  vim.api.nvim_buf_set_lines(0, 0, 0, false, { 'fox = "🦊"; x = = 1' })
  local mark = H.wait("a squiggle", function()
    return vim.diagnostic.get(0, { lnum = 0 })[1]
  end)
  seen.mark = { mark.lnum, mark.col }
  vim.api.nvim_buf_set_lines(0, 0, 1, false, {})

  local first = H.client().id
  for pid in vim.fn.system({ "pgrep", "-P", tostring(vim.fn.getpid()), "-f", "fixbot" }):gmatch("%d+") do
    vim.loop.kill(tonumber(pid), 9)
  end
  H.wait("another server", function()
    local now = H.client()
    return now and now.id ~= first
  end)
  H.ready()
  H.type("A")
  H.type(".")
  seen.after_kill = H.wait("grey text or a list of the new server", function()
    return H.client().id
  end) ~= first
  H.type("<Esc>")

  vim.cmd("edit! " .. GIVEN.folder .. "/b/other.py")
  vim.cmd("set filetype=python")
  H.ready()
  H.wait("the question about the second project", function()
    return #H.asked == 3
  end)
  local roots = {}
  for _, client in ipairs(require("fixbot.client").all()) do
    roots[vim.fn.fnamemodify(client.config.root_dir, ":t")] = (client.settings or client.config.settings).fixbot.workspaceTrusted
  end
  seen.roots = roots
  seen.install = require("fixbot.config").how_to_install()
  vim.cmd("checkhealth fixbot")
  seen.health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end
