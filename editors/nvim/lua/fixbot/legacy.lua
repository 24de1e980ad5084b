-- Before vim.lsp.config (0.7 to 0.10): starts one server a project by vim.lsp.start_client.

local config = require("fixbot.config")
local M = {}

local started = {} -- root, or the path of a file without one -> client id

local function is_running(id)
  return id ~= nil and vim.lsp.get_client_by_id(id) ~= nil
end

--- Effect: start the server for `buffer`, or attach it to the one that runs for the same root. Returns the client's id.
function M.attach(buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == "" or vim.bo[buffer].buftype ~= "" then
    return nil
  end
  local client = require("fixbot.client")
  local root = config.root_of(path)
  local key = root or path
  if not is_running(started[key]) then
    local command = client.command(root)
    if not command then
      return nil
    end
    local folder = root and { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ":t") } }
    local own = vim.tbl_extend("force", client.shared(key), { cmd = command, cmd_cwd = root, root_dir = root, workspace_folders = folder })
    started[key] = vim.lsp.start_client(own)
  end
  if started[key] then
    vim.lsp.buf_attach_client(buffer, started[key])
  end
  return started[key]
end

--- Effect: attach every open file of our languages.
function M.attach_all()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.tbl_contains(config.values.filetypes, vim.bo[buffer].filetype) then
      M.attach(buffer)
    end
  end
end

--- Effect: attach open files, and those that will be opened.
function M.enable()
  local group = vim.api.nvim_create_augroup("fixbot", { clear = true })
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = config.values.filetypes,
    callback = function(event)
      M.attach(event.buf)
    end,
  })
  M.attach_all()
end

return M
