-- Makes the commands known and starts fixbot once Neovim is up; `let g:fixbot = v:false` leaves both to you.

if vim.g.loaded_fixbot or vim.g.fixbot == false or vim.fn.has("nvim-0.7") == 0 then
  return
end
vim.g.loaded_fixbot = true

require("fixbot.commands").define()

local function begin()
  local fixbot = require("fixbot")
  if not fixbot.is_set_up() then
    fixbot.setup(vim.g.fixbot)
  end
end

if vim.v.vim_did_enter == 1 then
  begin()
else
  vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = begin })
end
