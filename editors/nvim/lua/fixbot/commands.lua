-- The commands: what is asked of the server, and how its answer is shown.

local M = {}

local running = {} -- the requests under way: id -> client

local function problem(text)
  vim.notify("fixbot: " .. text, vim.log.levels.ERROR)
end

local function client()
  local found = require("fixbot.client").one(vim.api.nvim_get_current_buf())
  if not found then
    problem("no server runs: open a file of a project, or see :checkhealth fixbot")
  end
  return found
end

local function knows(server, command)
  local provider = server.server_capabilities.executeCommandProvider
  return vim.tbl_contains(provider and provider.commands or {}, command)
end

--- Effect: let the server carry out a command; `work` gets its answer.
function M.call(command, argument, work)
  local server = client()
  if not server then
    return
  end
  if not knows(server, command) then
    return problem(("the server does not know %s: it may be older than this plugin"):format(command))
  end
  local id
  local function answered(error, answer)
    running[id or 0] = nil
    if error then
      return error.code ~= -32800 and problem(error.message)
    end
    work(answer ~= vim.NIL and answer or {})
  end
  local given = next(argument) and argument or vim.empty_dict()
  local message = { command = command, arguments = { given } }
  local sent
  sent, id = require("fixbot.client").call(server, "request", "workspace/executeCommand", message, answered, 0)
  if sent and id then
    running[id] = server
  end
end

local function uri()
  return vim.uri_from_bufnr(0)
end

-- Shows what an answer holds: markdown, a file, or a title.
local function shown(title)
  return function(answer)
    local show = require("fixbot.show")
    if answer.markdown then
      show.markdown(title, answer.markdown)
    elseif type(answer.report) == "string" then
      show.markdown(title, answer.report)
    elseif answer.files and answer.files[1] and answer.files[1].before then
      show.diff(answer.title, answer.evidence or "", answer.files)
    elseif answer.path then
      show.file(answer.path)
    elseif answer.title then
      vim.notify("fixbot: " .. answer.title)
    end
  end
end

local function typed(text, prompt, work)
  if text ~= "" then
    return work(text)
  end
  vim.ui.input({ prompt = prompt }, function(answer)
    if answer and vim.trim(answer) ~= "" then
      work(answer)
    end
  end)
end

local function solve(given)
  local kind = vim.bo.filetype
  if given.args == "" and (kind == "markdown" or kind == "text") and vim.fn.expand("%") ~= "" then
    return M.call("fixbot.solve", { uri = uri() }, shown("report"))
  end
  typed(given.args, "What is wrong? ", function(issue)
    M.call("fixbot.solve", { issue = issue }, shown("report"))
  end)
end

local function ask(given)
  typed(given.args, "A question about this project: ", function(question)
    M.call("fixbot.ask", { question = question }, shown("answer"))
  end)
end

local function explain(given)
  local last = vim.api.nvim_buf_get_lines(0, given.line2 - 1, given.line2, false)[1] or ""
  local server = require("fixbot.client").one(vim.api.nvim_get_current_buf())
  local width = require("fixbot.units").unit(last, #last, server and server.offset_encoding or "utf-16")
  local range = {
    start = { line = given.line1 - 1, character = 0 },
    ["end"] = { line = given.line2 - 1, character = width },
  }
  M.call("fixbot.explain", { uri = uri(), range = range }, shown("explanation"))
end

local function fix(given)
  local server = client()
  if server then
    require("fixbot.fix").at(server, vim.api.nvim_get_current_buf(), given.line1, given.line2)
  end
end

--- The id of the test at `row` (from 1) in `lines` of the file `path`, as pytest names it; nil where there is none.
function M.test_at(lines, row, path)
  local names, width = {}, math.huge
  for number = row, 1, -1 do
    local indent, kind, name = (lines[number] or ""):match("^(%s*)(%a+)%s+([%w_]+)")
    if kind == "async" then
      indent, name = lines[number]:match("^(%s*)async%s+def%s+([%w_]+)")
      kind = name and "def"
    end
    if (kind == "def" or kind == "class") and name and #indent < width then
      table.insert(names, 1, name)
      width = #indent
    end
  end
  local is_test = #names > 0 and (names[#names]:match("^test") or names[1]:match("^Test"))
  return is_test and table.concat({ path, unpack(names) }, "::") or nil
end

local function run_test(given)
  local server = client()
  if not server then
    return
  end
  local root = server.config.root_dir or vim.fn.getcwd()
  local path = vim.api.nvim_buf_get_name(0)
  local below = vim.startswith(path, root .. "/") and path:sub(#root + 2) or vim.fn.fnamemodify(path, ":.")
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  local id = given.args ~= "" and given.args or M.test_at(lines, vim.api.nvim_win_get_cursor(0)[1], below)
  if not id then
    return problem("put the cursor into a test first, or name one: :FixbotRunTest tests/test_a.py::test_b")
  end
  M.call("fixbot.runTest", { id = id, uri = uri() }, shown("test"))
end

local function status()
  M.call("fixbot.status", {}, function(answer)
    vim.notify(table.concat(require("fixbot.statusline").lines(answer), "\n"))
  end)
end

local function trust()
  local server = client()
  local root = server and server.config.root_dir
  if root then
    require("fixbot.trust").ask_again(root)
  elseif server then
    problem("this file belongs to no project: nothing of it is run")
  end
end

local function cancel()
  for id, server in pairs(running) do
    require("fixbot.client").call(server, "cancel_request", id)
  end
  running = {}
end

local function log()
  local place = vim.lsp.log and vim.lsp.log.get_filename or vim.lsp.get_log_path
  require("fixbot.show").file(place())
end

local every = {
  Solve = { solve, { nargs = "*", desc = "fixbot: solve an issue; without a text the markdown file that is open" } },
  Ask = { ask, { nargs = "*", desc = "fixbot: ask about the project" } },
  Explain = { explain, { range = true, desc = "fixbot: explain these lines" } },
  Fix = { fix, { range = true, desc = "fixbot: show the verified fix of these lines, and make it if you agree" } },
  FixAll = {
    function(given)
      M.call("fixbot.fixAll", given.bang and {} or { uri = uri() }, shown("fixes"))
    end,
    { bang = true, desc = "fixbot: fix what can be verified in this file; with ! in the project" },
  },
  RunTest = { run_test, { nargs = "?", desc = "fixbot: run the test at the cursor" } },
  Status = { status, { desc = "fixbot: what the server is doing" } },
  Stats = {
    function()
      M.call("fixbot.stats", {}, shown("statistics"))
    end,
    { desc = "fixbot: what was offered and accepted" },
  },
  Sent = {
    function()
      M.call("fixbot.showSent", {}, shown("sent"))
    end,
    { desc = "fixbot: what was sent to models" },
  },
  Trust = { trust, { desc = "fixbot: say whether the project's code may be run" } },
  Cancel = { cancel, { desc = "fixbot: stop what was asked for" } },
  Restart = {
    function()
      require("fixbot.client").restart()
    end,
    { desc = "fixbot: end the server and start it again" },
  },
  Log = { log, { desc = "fixbot: open the log" } },
}

-- What actions and lenses call: their answers are shown as those of the commands above.
local called = { ask = "answer", explain = "explanation", solve = "report", showFix = "fix", fixAll = "fixes", runTest = "test" }

--- Effect: make the commands known, and those that the server's actions name.
function M.define()
  for name, title in pairs(called) do
    vim.lsp.commands["fixbot." .. name] = function(command)
      M.call(command.command, command.arguments and command.arguments[1] or {}, shown(title))
    end
  end
  for name, each in pairs(every) do
    vim.api.nvim_create_user_command("Fixbot" .. name, each[1], each[2])
  end
end

return M
