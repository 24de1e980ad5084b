-- Whether a project's code may be run: asked once a project, kept in Neovim's data folder.

local M = {}

local asked = {} -- root -> true, in this session

local function file()
  return vim.fn.stdpath("data") .. "/fixbot-trust.json"
end

local function kept()
  local ok, lines = pcall(vim.fn.readfile, file())
  if not ok then
    return {}
  end
  local fine, value = pcall(vim.fn.json_decode, table.concat(lines, "\n"))
  return fine and type(value) == "table" and value or {}
end

local function name(root)
  return vim.loop.fs_realpath(root) or root
end

--- true or false as it was answered, nil when it was not.
function M.of(root)
  local for_all = require("fixbot.config").values.trust
  if for_all ~= "ask" then
    return for_all
  end
  local answer = kept()[name(root)]
  return type(answer) == "boolean" and answer or nil
end

--- Effect: keep an answer, for this and later sessions, and tell it to the servers that run.
function M.set(root, answer)
  local all = kept()
  all[name(root)] = answer
  vim.fn.mkdir(vim.fn.stdpath("data"), "p")
  local fresh = file() .. "." .. vim.fn.getpid()
  vim.fn.writefile({ vim.fn.json_encode(all) }, fresh)
  vim.loop.fs_rename(fresh, file())
  require("fixbot.client").tell_settings()
end

--- Effect: ask the user about `root`, unless it was answered or put off before.
function M.ask(root)
  if asked[root] or M.of(root) ~= nil or require("fixbot.config").values.trust ~= "ask" then
    return
  end
  asked[root] = true
  vim.schedule(function()
    M.ask_again(root)
  end)
end

local YES, NO = "Yes, fixbot may run its tests", "No, never run anything of it"

--- Effect: ask the user about `root`. Closing the question leaves it open: nothing is run until it is answered.
function M.ask_again(root)
  local prompt = ("fixbot: do you trust the code in %s?"):format(vim.fn.fnamemodify(root, ":~"))
  vim.ui.select({ YES, NO, "Ask me later" }, { prompt = prompt }, function(choice)
    if choice == YES or choice == NO then
      M.set(root, choice == YES)
    end
  end)
end

return M
