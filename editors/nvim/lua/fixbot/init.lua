-- The plugin's door: setup, the status line, and what it needs to know of the versions of Neovim.

local M = {}

local has_setup = false

--- Whether setup() was called.
function M.is_set_up()
  return has_setup
end

--- Start fixbot for the files that are open and those to come. `options`: see |fixbot-options|; may be called again.
function M.setup(options)
  has_setup = true
  require("fixbot.config").set(options)
  require("fixbot.commands").define()
  require("fixbot.client").watch_others()
  if vim.lsp.config and vim.lsp.enable then
    vim.lsp.config("fixbot", require("fixbot.client").config())
    vim.lsp.enable("fixbot")
  else
    require("fixbot.legacy").enable()
  end
end

--- A few words for the status line: what the server of this buffer is doing; "" where there is none.
function M.statusline()
  return require("fixbot.statusline").text()
end

--- Accept the grey text; "all" (also without an argument), "word" or "line". Returns whether there was any.
function M.accept(part)
  return require("fixbot.ghost").accept(part or "all")
end

return M
