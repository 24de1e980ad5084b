-- The plugin with the real server in a project with a finding: the fix as a diff, then made; answers, status, logs.

return function(H)
  local seen = H.seen
  local settings = { diagnostics = { semgrep = false, ruff = true }, background = { enabled = false } }
  require("fixbot").setup({ cmd = { GIVEN.command, "lsp" }, settings = settings, trust = true })
  vim.cmd("edit " .. GIVEN.folder .. "/cart.py")
  vim.cmd("set filetype=python")
  H.ready()
  local function shown(command, name)
    vim.cmd(command)
    return H.wait(command, function()
      return vim.api.nvim_buf_get_name(0):match(name) and table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
    end)
  end
  local function close()
    vim.cmd("close!")
  end

  vim.cmd("write")
  local mark = H.wait("a finding", function()
    return vim.diagnostic.get(0)[1]
  end)
  vim.api.nvim_win_set_cursor(0, { mark.lnum + 1, 0 })
  local diff
  local choose = vim.ui.select
  vim.ui.select = function(items, options, chosen)
    diff = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
    choose(items, options, chosen)
  end
  vim.cmd("FixbotFix")
  seen.left = H.wait("a question", function()
    return #H.asked == 1 and vim.fn.search("^import os", "nw") > 0
  end)
  seen.diff = diff
  H.answers = { "^Apply" }
  vim.cmd("FixbotFix")
  H.wait("the fix", function()
    return vim.fn.search("^import os", "nw") == 0
  end)
  seen.fixed = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  vim.ui.select = choose
  vim.cmd("silent write")

  seen.answer = shown("FixbotAsk who calls Cart.total?", "answer")
  close()
  seen.sent = shown("FixbotSent", "sent")
  close()
  vim.cmd("FixbotStatus")
  seen.status = H.wait("the status", function()
    return H.told[#H.told]:match("State: .*") and H.told[#H.told]
  end)
  vim.cmd("FixbotLog")
  seen.log = vim.api.nvim_buf_get_name(0)
end
