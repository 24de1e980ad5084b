-- What the user may set, the command that starts the server, and the root of a project.

local M = {}

M.filetypes = {
  "python", "javascript", "javascriptreact", "typescript", "typescriptreact", "go", "rust", "java", "c", "cpp",
}

local defaults = {
  cmd = nil, -- nil: see M.command
  filetypes = M.filetypes,
  root_markers = { "pyproject.toml", "setup.py", "setup.cfg", "package.json", "go.mod", "Cargo.toml", "pom.xml", ".git" },
  settings = {}, -- as in lsp/README.md, e.g. { background = { enabled = false } }
  trust = "ask", -- "ask" once a project, or true or false for all
  inline = "auto", -- grey text: Neovim's own where it has it (0.12), else "own"; false: none
  keys = { accept = "<Tab>", accept_word = "<M-Right>", accept_line = "<M-C-Right>", next = "<M-]>", dismiss = "<C-]>" },
  on_attach = nil,
}

M.values = vim.deepcopy(defaults)

local function complain(text)
  vim.notify("fixbot: " .. text, vim.log.levels.WARN)
end

local kinds = { settings = "table", on_attach = "function" }

local function are_texts(values, may_be_empty)
  for _, value in pairs(values) do
    if type(value) ~= "string" or (value == "" and not may_be_empty) then
      return false
    end
  end
  return true
end

local function is_good(name, value)
  if name == "cmd" then
    return type(value) == "table" and value[1] ~= nil and are_texts(value)
  elseif name == "filetypes" or name == "root_markers" or name == "keys" then
    return type(value) == "table" and are_texts(value, name == "keys")
  elseif name == "trust" then
    return value == "ask" or type(value) == "boolean"
  elseif name == "inline" then
    return value == "auto" or value == "own" or value == false
  end
  return type(value) == kinds[name]
end

--- Take the user's options; one that cannot be used gives a message, and its default stays.
function M.set(options)
  local good = {}
  if options ~= nil and options ~= true and type(options) ~= "table" then
    complain(("setup() takes a table, not %s: see :help fixbot-options"):format(vim.inspect(options)))
  end
  for name, value in pairs(type(options) == "table" and options or {}) do
    if is_good(name, value) then
      good[name] = value
    elseif defaults[name] == nil and kinds[name] == nil and name ~= "cmd" then
      complain(("there is no option '%s': see :help fixbot-options"):format(name))
    else
      complain(("the option '%s' cannot be %s: see :help fixbot-options"):format(name, vim.inspect(value)))
    end
  end
  M.values = vim.tbl_deep_extend("force", vim.deepcopy(defaults), good)
  for _, name in ipairs({ "filetypes", "root_markers", "cmd" }) do
    M.values[name] = good[name] or M.values[name] -- lists are replaced, not mixed
  end
end

--- The folder of `path` or the nearest above that holds a root marker; nil when there is none.
function M.root_of(path)
  local folder = vim.fn.fnamemodify(path, ":p:h")
  while folder ~= "" do
    for _, marker in ipairs(M.values.root_markers) do
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

--- The command that starts the server for `root`; nil when there is no fixbot. What a project brings in its own .venv is
--- code of the project: it is taken only where the project is trusted, and nothing else is installed.
function M.command(root)
  if M.values.cmd then
    return M.values.cmd
  end
  local candidates = { vim.fn.exepath("fixbot"), vim.fn.expand("~/.local/bin/fixbot") }
  if root and require("fixbot.trust").of(root) then
    table.insert(candidates, root .. "/.venv/bin/fixbot")
  end
  for _, candidate in ipairs(candidates) do
    if candidate ~= "" and vim.fn.executable(candidate) == 1 then
      return { candidate, "lsp" }
    end
  end
end

--- The commands that install the server: from the checkout that this plugin is part of, for no package index has it.
function M.how_to_install()
  local plugin = vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h:h:h")
  local checkout = vim.fn.fnamemodify(plugin, ":h:h")
  local is_there = vim.fn.filereadable(checkout .. "/pyproject.toml") == 1 and vim.fn.isdirectory(checkout .. "/lsp/fixbot_lsp") == 1
  local from = is_there and vim.fn.shellescape(checkout) or "<a checkout of fixbot>"
  return { "uv tool install " .. from, "pipx install " .. from }
end

--- What the server is told: the user's settings, and whether the project may be run.
function M.server_settings(root)
  local trusted = root ~= nil and require("fixbot.trust").of(root) == true
  return vim.tbl_deep_extend("force", {}, M.values.settings, { workspaceTrusted = trusted })
end

return M
