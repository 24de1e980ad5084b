-- Quick fixes: those of fixbot at the cursor, shown as a diff first, made only when the user says so.

local M = {}

local function call(client, ...)
  return require("fixbot.client").call(client, ...)
end

local function lines_of(uri)
  local buffer = vim.uri_to_bufnr(uri)
  vim.fn.bufload(buffer)
  return buffer, vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

local function joined(lines)
  return table.concat(lines, "\n") .. "\n"
end

--- What `edit`, a WorkspaceEdit, makes of files: a list of { uri, before, after, buffer, tick }.
function M.outcome(edit, encoding)
  local files = {}
  local function add(uri, edits)
    local buffer, lines = lines_of(uri)
    local scratch = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_lines(scratch, 0, -1, false, lines)
    vim.lsp.util.apply_text_edits(vim.deepcopy(edits), scratch, encoding)
    local after = vim.api.nvim_buf_get_lines(scratch, 0, -1, false)
    vim.api.nvim_buf_delete(scratch, { force = true })
    local tick = vim.api.nvim_buf_get_changedtick(buffer)
    table.insert(files, { uri = uri, before = joined(lines), after = joined(after), buffer = buffer, tick = tick })
  end
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.textDocument then
      add(change.textDocument.uri, change.edits)
    end
  end
  for uri, edits in pairs(not edit.documentChanges and edit.changes or {}) do
    add(uri, edits)
  end
  return files
end

local function is_still(files)
  for _, file in ipairs(files) do
    if vim.api.nvim_buf_get_changedtick(file.buffer) ~= file.tick then
      return false
    end
  end
  return true
end

local function make(client, action, files)
  if not is_still(files) then
    return vim.notify("fixbot: the text has changed since: nothing was done", vim.log.levels.WARN)
  end
  vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
  local command = type(action.command) == "table" and action.command
  if command then
    local request = { command = command.command, arguments = command.arguments }
    call(client, "request", "workspace/executeCommand", request, function() end)
  end
end

-- How a fix was verified, as the server's labels of its changes say it, and what was found there.
local function evidence_of(action)
  local said = {}
  for _, label in pairs(action.edit.changeAnnotations or {}) do
    table.insert(said, type(label.description) == "string" and label.description or nil)
  end
  for _, diagnostic in ipairs(action.diagnostics or {}) do
    local message = diagnostic.message:gsub("^" .. vim.pesc(action.title) .. "\n", "")
    if not vim.tbl_contains(said, message) then
      table.insert(said, message)
    end
  end
  return table.concat(said, "\n")
end

--- Effect: show what an action would change, and make it if the user agrees.
function M.show(client, action)
  local files = M.outcome(action.edit, client.offset_encoding)
  local window = require("fixbot.show").diff(action.title, evidence_of(action), files)
  vim.ui.select({ "Apply", "Leave it" }, { prompt = action.title .. "?" }, function(choice)
    if vim.api.nvim_win_is_valid(window) then
      vim.api.nvim_win_close(window, true)
    end
    if choice == "Apply" then
      make(client, action, files)
    end
  end)
end

local function resolved(client, action, go_on)
  local provider = client.server_capabilities.codeActionProvider
  if action.edit or type(provider) ~= "table" or not provider.resolveProvider then
    return go_on(action)
  end
  call(client, "request", "codeAction/resolve", action, function(problem, answer)
    if problem then
      return vim.notify("fixbot: " .. problem.message, vim.log.levels.WARN)
    end
    go_on(answer or action)
  end)
end

local function chosen(client, actions)
  local function go_on(action)
    resolved(client, action, function(whole)
      if whole.edit then
        M.show(client, whole)
      else
        vim.notify("fixbot: this action changes nothing", vim.log.levels.INFO)
      end
    end)
  end
  if #actions == 1 then
    return go_on(actions[1])
  end
  local options = {
    prompt = "fixbot: which fix?",
    format_item = function(action)
      return action.title
    end,
  }
  vim.ui.select(actions, options, function(action)
    if action then
      go_on(action)
    end
  end)
end

local function said_at(buffer, first, last)
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buffer)) do
    local own = diagnostic.user_data and diagnostic.user_data.lsp
    if own and diagnostic.lnum >= first and diagnostic.lnum <= last then
      local place = function(line, col)
        return { line = line, character = col }
      end
      local range = { start = place(diagnostic.lnum, diagnostic.col), ["end"] = place(diagnostic.end_lnum or diagnostic.lnum, diagnostic.end_col or diagnostic.col) }
      table.insert(found, vim.tbl_extend("keep", { range = range, message = diagnostic.message }, own))
    end
  end
  return found
end

local function ask(client, buffer, first, last, work)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    range = { start = { line = first, character = 0 }, ["end"] = { line = last, character = 0 } },
    context = { diagnostics = said_at(buffer, first, last), only = { "quickfix" } },
  }
  call(client, "request", "textDocument/codeAction", params, function(problem, answer)
    if problem then
      return vim.notify("fixbot: " .. problem.message, vim.log.levels.WARN)
    end
    work(vim.tbl_filter(function(action)
      return type(action.command) ~= "string" and not action.disabled and (action.edit or action.data) ~= nil
    end, answer or {}))
  end, buffer)
end

--- Effect: offer the fixes of the lines `first` to `last` (from 1), or of the whole file where these have none.
function M.at(client, buffer, first, last)
  ask(client, buffer, first - 1, last - 1, function(actions)
    if #actions > 0 then
      return chosen(client, actions)
    end
    ask(client, buffer, 0, vim.api.nvim_buf_line_count(buffer), function(all)
      if #all > 0 then
        return chosen(client, all)
      end
      vim.notify("fixbot: there is no fix here. Save a file while a test fails, and one is looked for.")
    end)
  end)
end

return M
