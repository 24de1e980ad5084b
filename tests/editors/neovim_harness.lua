-- Runs a scenario inside Neovim as a coroutine, so that keys are typed for real between its steps.
-- Started by tests/lsp/test_neovim.py, which sets GIVEN: plugin, command, scenario, folder, out.

local H = { seen = {}, told = {}, asked = {}, answers = {} }
local running

vim.notify = function(text)
  table.insert(H.told, text)
end

-- The user: chooses the next of H.answers, by a pattern; closes the question where there is none.
vim.ui.select = function(items, options, choose)
  table.insert(H.asked, options.prompt)
  local wanted = table.remove(H.answers, 1)
  for _, item in ipairs(items) do
    local shown = options.format_item and options.format_item(item) or item
    if wanted and shown:match(wanted) then
      return choose(item)
    end
  end
  choose(nil)
end

local function finish(problem)
  H.seen.problem, H.seen.told, H.seen.asked = problem, H.told, H.asked
  vim.fn.writefile({ vim.fn.json_encode(H.seen) }, GIVEN.out)
  vim.cmd("qall!")
end

local function go_on(value)
  local fine, problem = coroutine.resume(running, value)
  if not fine then
    finish(debug.traceback(running, tostring(problem)))
  elseif coroutine.status(running) == "dead" then
    finish(nil)
  end
end

--- Waits until `look` returns something, and returns it.
function H.wait(what, look)
  local ends, timer = vim.loop.now() + (tonumber(vim.env.PATIENCE) or 100) * 1000, vim.loop.new_timer()
  timer:start(5, 20, vim.schedule_wrap(function()
    if timer:is_closing() then
      return
    end
    local fine, value = pcall(look)
    local late = vim.loop.now() > ends
    if (fine and value) or late then
      timer:close()
      go_on(fine and value or nil)
    end
  end))
  local value = coroutine.yield()
  if value == nil then
    error("waited in vain for " .. what .. "; told: " .. vim.inspect(H.told))
  end
  return value
end

--- Types keys as a user does.
function H.type(keys)
  vim.api.nvim_input(keys)
end

function H.client()
  return require("fixbot.client").all(vim.api.nvim_get_current_buf())[1]
end

function H.ready()
  H.wait("a server that is ready", function()
    local now = require("fixbot.statusline").of(0)
    return H.client() and now and now.state == "ready"
  end)
end

function H.ask(method, params)
  local answer
  require("fixbot.client").call(H.client(), "request", method, params, function(problem, result)
    answer = { problem = problem, result = result }
  end, vim.api.nvim_get_current_buf())
  return H.wait(method, function()
    return answer
  end).result
end

function H.line()
  return vim.api.nvim_get_current_line()
end

--- The grey text on the screen, its lines joined; nil where there is none.
function H.ghost()
  local space = vim.api.nvim_get_namespaces()["fixbot-ghost"]
  local mark = vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })[1]
  if not mark then
    return nil
  end
  local lines = { mark[4].virt_text[1][1] }
  for _, line in ipairs(mark[4].virt_lines or {}) do
    table.insert(lines, line[1][1])
  end
  return table.concat(lines, "\n")
end

function H.run(scenario)
  running = coroutine.create(scenario)
  vim.defer_fn(go_on, 1)
end

return H
