-- Starts `fixbot lsp` for Python buffers: with vim.lsp.config where there is one (0.11), with vim.lsp.start_client before.

local M = {}

local defaults = {
  cmd = nil, -- nil: the fixbot of the project's .venv, else the one on PATH
  root_markers = { "pyproject.toml", "setup.py", "setup.cfg", ".git" },
  settings = {}, -- as in lsp/README.md, e.g. { background = { enabled = false } }
  on_attach = nil,
}

local clients = {} -- root -> client id, where we start clients ourselves

--- The folder of `path` or above that holds one of `markers`; nil when there is none.
function M.root_of(path, markers)
  local folder = vim.fn.fnamemodify(path, ":p:h")
  while true do
    for _, marker in ipairs(markers) do
      if vim.loop.fs_stat(folder .. "/" .. marker) then
        return folder
      end
    end
    local above = vim.fn.fnamemodify(folder, ":h")
    if above == folder then
      return nil
    end
    folder = above
  end
end

--- The command that starts the server for `root`; nil when there is no fixbot.
function M.command(config, root)
  if config.cmd then
    return config.cmd
  end
  local own = root and (root .. "/.venv/bin/fixbot")
  for _, candidate in ipairs({ own or "", vim.fn.exepath("fixbot") }) do
    if candidate ~= "" and vim.fn.executable(candidate) == 1 then
      return { candidate, "lsp" }
    end
  end
  return nil
end

local missing_told = false

local function tell_missing()
  if not missing_told then
    missing_told = true
    vim.notify("fixbot: the command was found neither in .venv nor on PATH: pip install fixbot", vim.log.levels.WARN)
  end
end

-- Neovim 0.12 shows inline completions itself once it is asked to.
local function attached(config)
  return function(client, buffer)
    local inline = vim.lsp.inline_completion
    if inline and client.server_capabilities.inlineCompletionProvider then
      inline.enable(true, { bufnr = buffer })
    end
    if config.on_attach then
      config.on_attach(client, buffer)
    end
  end
end

--- Starts the server for `buffer`, or attaches it to the one that runs for the same root. Returns the client's id.
function M.start(config, buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  local root = M.root_of(path, config.root_markers)
  local key = root or path
  if not clients[key] then
    local cmd = M.command(config, root)
    if not cmd then
      return tell_missing()
    end
    clients[key] = vim.lsp.start_client({
      name = "fixbot",
      cmd = cmd,
      root_dir = root,
      workspace_folders = root and { { uri = vim.uri_from_fname(root), name = root } } or nil,
      init_options = config.settings,
      settings = { fixbot = config.settings },
      on_attach = attached(config),
      on_exit = function()
        clients[key] = nil
      end,
    })
  end
  if clients[key] then
    vim.lsp.buf_attach_client(buffer, clients[key])
  end
  return clients[key]
end

local function enable(config)
  vim.lsp.config("fixbot", {
    cmd = M.command(config, nil),
    filetypes = { "python" },
    root_markers = config.root_markers,
    init_options = config.settings,
    settings = { fixbot = config.settings },
    on_attach = attached(config),
  })
  vim.lsp.enable("fixbot")
end

function M.setup(options)
  local config = vim.tbl_deep_extend("force", defaults, options or {})
  if vim.lsp.config and M.command(config, nil) then
    return enable(config)
  end
  vim.api.nvim_create_autocmd("FileType", {
    pattern = "python",
    group = vim.api.nvim_create_augroup("fixbot", { clear = true }),
    callback = function(event)
      M.start(config, event.buf)
    end,
  })
end

return M
