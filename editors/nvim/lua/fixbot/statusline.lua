-- What the servers say of themselves, and how that is put into a few words.

local M = {}

local states = {} -- client id -> the last fixbot/status message

--- Effect: keep what a server told, and have the status line drawn anew.
function M.hear(id, message)
  states[id] = vim.tbl_extend("force", states[id] or {}, type(message) == "table" and message or {})
  pcall(vim.api.nvim_exec_autocmds, "User", { pattern = "FixbotStatus" })
  vim.cmd("redrawstatus!")
end

--- The last message of the server of `buffer` (0: the current one); nil where there is none.
function M.of(buffer)
  local client = require("fixbot.client").all(buffer == 0 and vim.api.nvim_get_current_buf() or buffer)[1]
  return client and (states[client.id] or { state = "starting" })
end

local function given(value)
  return value ~= nil and value ~= vim.NIL and value ~= "" and value or nil
end

--- For the status line: "fixbot", the model where one answers, and what is going on.
function M.text()
  local now = M.of(0)
  if not now then
    return ""
  end
  local words = { "fixbot" }
  if now.engine == "model" then
    table.insert(words, given(now.model) or "model")
  end
  if now.state ~= "ready" then
    table.insert(words, now.state)
  end
  if now.trusted == false then
    table.insert(words, "(not trusted)")
  end
  return table.concat(words, " ")
end

--- All that is known, one sentence a line.
function M.lines(now)
  local sent = type(now.sent) == "table" and now.sent or {}
  local requests, tokens = given(sent.requests) or 0, given(sent.tokens) or 0
  local lines = {
    ("State: %s%s"):format(now.state or "starting", given(now.detail) and " (" .. now.detail .. ")" or ""),
    ("Engine: %s"):format(now.engine == "model" and (given(now.model) or "a model") or "built in, no model"),
    requests == 0 and "Nothing was sent to a model."
      or ("Sent to the model: %d requests, %d tokens%s."):format(
        requests, tokens, given(sent.last) and ", the last at " .. sent.last or ""
      ),
  }
  local trust = { [true] = "trusted: its tests may be run", [false] = "not trusted: nothing of it is run (:FixbotTrust)" }
  if type(now.trusted) == "boolean" then
    table.insert(lines, "The project is " .. trust[now.trusted] .. ".")
  end
  return lines
end

return M
