-- Grey text: Neovim's own (0.12) with our keys, or that of fixbot.ghost.

local config = require("fixbot.config")
local M = {}

--- Whether Neovim shows inline completions itself, and is to.
function M.is_native()
  return vim.lsp.inline_completion ~= nil and config.values.inline == "auto"
end

-- What `key` does without us: nil where somebody mapped it to what cannot be asked from here.
local function otherwise(key)
  local before = vim.fn.maparg(key, "i", false, true)
  if vim.tbl_isempty(before) then
    return function()
      return key
    end
  end
  return before.expr == 1 and before.callback or nil
end

local function map(buffer, key, what, action)
  local fall_back = key and key ~= "" and otherwise(key)
  if fall_back then
    vim.keymap.set("i", key, function()
      return action() and "" or fall_back()
    end, { expr = true, buffer = buffer, desc = "fixbot: " .. what })
  end
end

local mapped = {} -- buffer -> true

-- Keys of others are left alone; where nothing is shown, a key does what it does without us.
local function native_keys(buffer)
  local keys, shown = config.values.keys, vim.lsp.inline_completion
  if mapped[buffer] then
    return
  end
  mapped[buffer] = true
  map(buffer, keys.accept, "accept the suggestion", function()
    return shown.get({ bufnr = buffer })
  end)
  map(buffer, keys.next, "the next suggestion", function()
    shown.select({ bufnr = buffer, count = 1 })
    return true
  end)
end

--- Effect: let suggestions be shown in `buffer`.
function M.enable(client, buffer)
  if config.values.inline == false or not client.server_capabilities.inlineCompletionProvider then
    return
  end
  if M.is_native() then
    vim.lsp.inline_completion.enable(true, { bufnr = buffer })
    native_keys(buffer)
  else
    require("fixbot.ghost").enable(client.id, buffer)
  end
end

return M
