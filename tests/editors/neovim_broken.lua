-- Options that cannot be used, and a command that is not there: what is told, and what the health check says.

return function(H)
  local fixbot = require("fixbot")
  for _, options in ipairs({ "all", { cmd = {} }, { cmd = 5 }, { keys = { accept = 5 } }, { nope = 1 } }) do
    fixbot.setup(options)
  end
  H.seen.accept = require("fixbot.config").values.keys.accept
  fixbot.setup({ cmd = { GIVEN.command, "lsp" } })
  for _, name in ipairs({ "a.py", "b.py" }) do
    vim.cmd("edit " .. name)
    vim.bo.filetype = "python"
    vim.cmd("doautocmd FileType")
  end
  H.wait("the message", function()
    return table.concat(H.told, "\n"):match("cannot be run")
  end)
  vim.cmd("checkhealth fixbot")
  H.seen.health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end
