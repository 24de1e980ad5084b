-- Grey text of our own, by extmarks: asked for while one types, kept while one types along, taken whole, by word or line.

local units = require("fixbot.units")
local M = {}

local space = vim.api.nvim_create_namespace("fixbot-ghost")
local can_push = vim.fn.has("nvim-0.10") == 1 -- virtual text that pushes the rest of the line to the right
local PAUSE = 75 -- milliseconds without a key before the server is asked

-- buffer -> { client, timer, asked (id of the request under way), offer, keys }
-- offer: { items, at (index), row, col (byte where the text begins), after (bytes behind the cursor that it replaces) }
local buffers = {}

local function client_of(state)
  return vim.lsp.get_client_by_id(state.client)
end

local function tell(state, method, message)
  local client = client_of(state)
  if client then
    require("fixbot.client").call(client, "notify", method, message)
  end
end

--- The text of an offer, and what of it is typed already; nil where it does not fit what stands there.
local function standing(buffer, offer)
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local line = vim.api.nvim_buf_get_lines(buffer, offer.row, offer.row + 1, false)[1]
  if row - 1 ~= offer.row or not line or col < offer.col then
    return nil
  end
  local text, typed = offer.items[offer.at].insertText, line:sub(offer.col + 1, col)
  if #text > #typed and vim.startswith(text, typed) then
    return text, typed, line:sub(col + 1)
  end
end

local function draw(buffer, offer)
  vim.api.nvim_buf_clear_namespace(buffer, space, 0, -1)
  local text, typed, behind = standing(buffer, offer)
  if not text then
    return false
  end
  local lines = vim.split(text:sub(#typed + 1), "\n", { plain = true })
  local first = { { lines[1], "FixbotGhost" } }
  local is_inside = offer.after < #behind -- text stays behind the grey one
  if is_inside and not can_push then
    table.insert(first, { behind:sub(offer.after + 1), "Normal" })
  end
  local below = {}
  for number = 2, #lines do
    table.insert(below, { { lines[number], "FixbotGhost" } })
  end
  vim.api.nvim_buf_set_extmark(buffer, space, offer.row, offer.col + #typed, {
    virt_text = first,
    virt_text_pos = is_inside and can_push and offer.after == 0 and "inline" or "overlay",
    virt_lines = #below > 0 and below or nil,
    hl_mode = "combine",
  })
  return true
end

local function put_keys_back(state, buffer)
  for key, before in pairs(state.keys or {}) do
    pcall(vim.keymap.del, "i", key, { buffer = buffer })
    if before then
      vim.fn.mapset("i", false, before)
    end
  end
  state.keys = nil
end

-- Our keys are mapped only while something is shown; what the user had there comes back.
local function take_keys(state, buffer)
  if state.keys then
    return
  end
  state.keys = {}
  local actions = { accept = "all", accept_word = "word", accept_line = "line" }
  for name, key in pairs(require("fixbot.config").values.keys) do
    if key and key ~= "" then
      local before = vim.fn.maparg(key, "i", false, true)
      state.keys[key] = before.buffer == 1 and before or false
      vim.keymap.set("i", key, function()
        if actions[name] then
          M.accept(actions[name])
        else
          M[name]()
        end
      end, { buffer = buffer, desc = "fixbot: " .. name:gsub("_", " ") })
    end
  end
end

local function hide(buffer)
  local state = buffers[buffer]
  if state and state.offer then
    state.offer = nil
    put_keys_back(state, buffer)
    vim.api.nvim_buf_clear_namespace(buffer, space, 0, -1)
  end
end

local function cancel(state)
  local client = client_of(state)
  if client and state.asked then
    require("fixbot.client").call(client, "cancel_request", state.asked)
  end
  state.asked = nil
end

local function show(buffer, at)
  local state = buffers[buffer]
  state.offer.at = at
  if draw(buffer, state.offer) then
    take_keys(state, buffer)
    tell(state, "textDocument/didShowCompletion", { item = state.offer.items[at] })
  else
    hide(buffer)
  end
end

--- An offer of what the server answered for a cursor at `row` and byte `col`; nil where there is nothing to show.
local function offered(buffer, result, row, col, encoding)
  local items = result and (result.items or result) or {}
  local first = items[1]
  if not first or type(first.insertText) ~= "string" then
    return nil
  end
  local range = first.range
  if not range then
    return { items = items, at = 1, row = row, col = col, after = 0 }
  end
  local line = vim.api.nvim_buf_get_lines(buffer, row, row + 1, false)[1] or ""
  local start, stop = units.byte(line, range.start.character, encoding), units.byte(line, range["end"].character, encoding)
  if range.start.line ~= row or range["end"].line ~= row or start > col then
    return nil
  end
  return { items = items, at = 1, row = row, col = start, after = math.max(0, stop - col) }
end

local function is_typing(buffer)
  return vim.api.nvim_get_current_buf() == buffer and vim.startswith(vim.api.nvim_get_mode().mode, "i")
end

local function ask(buffer, kind)
  local state = buffers[buffer]
  local client = state and client_of(state)
  if not client or not is_typing(buffer) or vim.fn.pumvisible() == 1 then
    return
  end
  cancel(state)
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local line, tick = vim.api.nvim_get_current_line(), vim.api.nvim_buf_get_changedtick(buffer)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    position = { line = row - 1, character = units.unit(line, col, client.offset_encoding) },
    context = { triggerKind = kind },
  }
  local function answered(problem, result)
    state.asked = nil
    local now = vim.api.nvim_win_get_cursor(0)
    local is_late = tick ~= vim.api.nvim_buf_get_changedtick(buffer) or now[1] ~= row or now[2] ~= col
    if problem or is_late or not is_typing(buffer) or vim.fn.pumvisible() == 1 then
      return
    end
    hide(buffer)
    state.offer = offered(buffer, result, row - 1, col, client.offset_encoding)
    if state.offer then
      show(buffer, 1)
    end
  end
  local _, id = require("fixbot.client").call(client, "request", "textDocument/inlineCompletion", params, answered, buffer)
  state.asked = id
end

local function moved(buffer)
  local state = buffers[buffer]
  if not state then
    return
  end
  if state.offer and draw(buffer, state.offer) then
    return
  end
  hide(buffer)
  cancel(state)
  state.timer:stop()
  state.timer:start(PAUSE, 0, vim.schedule_wrap(function()
    ask(buffer, 2)
  end))
end

--- Accept "all" of the grey text, its next "word" or its "line". Returns whether there was any.
function M.accept(part)
  local buffer = vim.api.nvim_get_current_buf()
  local state = buffers[buffer]
  local offer = state and state.offer
  local text, typed = nil, nil
  if offer then
    text, typed = standing(buffer, offer)
  end
  if not text then
    return false
  end
  local rest = text:sub(#typed + 1)
  local taken = units.part(rest, part)
  local is_whole = taken == rest
  vim.cmd("let &undolevels = &undolevels") -- one undo takes back what was accepted, and no more
  local row, col = offer.row, offer.col + #typed
  local lines = vim.split(taken, "\n", { plain = true })
  local item = offer.items[offer.at]
  if is_whole then
    hide(buffer)
  end
  vim.api.nvim_buf_set_text(buffer, row, col, row, col + (is_whole and offer.after or 0), lines)
  vim.api.nvim_win_set_cursor(0, { row + #lines, (#lines == 1 and col or 0) + #lines[#lines] })
  if not is_whole then
    tell(state, "textDocument/didPartiallyAcceptCompletion", { item = item, acceptedLength = units.utf16(typed .. taken) })
    if #lines > 1 or not draw(buffer, offer) then
      hide(buffer)
    end
  elseif item.command then
    require("fixbot.client").call(client_of(state), "request", "workspace/executeCommand", {
      command = item.command.command, arguments = item.command.arguments,
    }, function() end, buffer)
  end
  return true
end

--- Show the next suggestion, where there are several.
function M.next()
  local buffer = vim.api.nvim_get_current_buf()
  local offer = buffers[buffer] and buffers[buffer].offer
  if offer then
    show(buffer, offer.at % #offer.items + 1)
  end
end

--- Take the suggestion off the screen.
function M.dismiss()
  hide(vim.api.nvim_get_current_buf())
end

--- Ask now, whatever was typed.
function M.ask()
  ask(vim.api.nvim_get_current_buf(), 1)
end

--- Effect: forget a client that ended.
function M.forget(id)
  for buffer, state in pairs(buffers) do
    if state.client == id then
      if vim.api.nvim_buf_is_valid(buffer) then
        hide(buffer)
      end
      state.timer:stop()
      state.timer:close()
      buffers[buffer] = nil
    end
  end
end

--- Effect: show grey text of the client `id` in `buffer`.
function M.enable(id, buffer)
  vim.api.nvim_set_hl(0, "FixbotGhost", { link = "Comment", default = true })
  if buffers[buffer] then
    buffers[buffer].client = id
    return
  end
  buffers[buffer] = { client = id, timer = vim.loop.new_timer() }
  local group = vim.api.nvim_create_augroup("fixbot-ghost-" .. buffer, { clear = true })
  local function on(events, work)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = buffer, callback = work })
  end
  on({ "TextChangedI", "CursorMovedI", "InsertEnter" }, function()
    moved(buffer)
  end)
  on({ "TextChangedP", "InsertLeave", "BufLeave" }, function()
    hide(buffer)
    cancel(buffers[buffer] or {})
  end)
  on("BufUnload", function()
    local state = buffers[buffer]
    buffers[buffer] = nil
    if state then
      state.timer:stop()
      state.timer:close()
    end
  end)
end

return M
