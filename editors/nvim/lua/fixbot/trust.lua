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

local waiting = {} -- roots that are still to be asked about
local SOON = 300 -- milliseconds: an answer that comes sooner was typed for something else

-- Whether a question takes no key that is meant for something else: nothing is typed, recorded or half entered.
local function is_idle()
  local now = vim.api.nvim_get_mode()
  return now.mode == "n" and not now.blocking and vim.fn.reg_recording() == "" and vim.fn.getchar(1) == 0 and vim.fn.getcmdwintype() == ""
end

local function ask_next()
  local root = table.remove(waiting, 1)
  if M.of(root) == nil then
    M.ask_again(root, SOON)
  end
end

local watch, keys = nil, vim.api.nvim_create_namespace("fixbot-trust")

-- Effect: ask what waits, one question at a time, each once no key was pressed for 'updatetime'. CursorHold would be the event for it, but
-- Neovim does not send it while timers of any plugin run.
local function begin()
  if watch then
    return
  end
  local last = vim.loop.now()
  vim.on_key(function()
    last = vim.loop.now()
  end, keys)
  watch = vim.loop.new_timer()
  watch:start(100, 100, vim.schedule_wrap(function()
    if watch and #waiting == 0 then
      watch:close()
      watch = nil
      vim.on_key(nil, keys)
    elseif watch and vim.loop.now() - last >= vim.o.updatetime and is_idle() then
      last = vim.loop.now()
      ask_next()
    end
  end))
end

--- Effect: ask the user about `root`, unless it was answered or put off before: in normal mode, once no key was pressed for a while.
function M.ask(root)
  if asked[root] or M.of(root) ~= nil or require("fixbot.config").values.trust ~= "ask" then
    return
  end
  asked[root] = true
  table.insert(waiting, root)
  begin()
end

local YES, NO = "Yes, fixbot may run its tests", "No, never run anything of it"

--- Effect: ask the user about `root`. Closing the question leaves it open: nothing is run until it is answered. An answer within `least`
--- milliseconds is none.
function M.ask_again(root, least)
  local began = vim.loop.hrtime()
  local prompt = ("fixbot: do you trust the code in %s?"):format(vim.fn.fnamemodify(root, ":~"))
  vim.ui.select({ YES, NO, "Ask me later" }, { prompt = prompt }, function(choice)
    if (vim.loop.hrtime() - began) / 1e6 < (least or 0) then
      vim.notify("fixbot: that came too soon to be an answer; :FixbotTrust asks again", vim.log.levels.INFO)
    elseif choice == YES or choice == NO then
      M.set(root, choice == YES)
    end
  end)
end

return M
