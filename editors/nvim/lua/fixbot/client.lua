-- One server a project: how it is configured, what happens when it starts and ends, and how to speak to it.

local config = require("fixbot.config")
local M = {}

local modern = vim.fn.has("nvim-0.11") == 1
local MOST, WITHIN = 4, 180 -- so many new starts in so many seconds; then something is wrong

--- Calls a method of a client: they take the client itself since 0.11.
function M.call(client, method, ...)
  if modern then
    return client[method](client, ...)
  end
  return client[method](...)
end

--- The clients of fixbot; of one buffer where it is given.
function M.all(buffer)
  local found = {}
  local every = vim.lsp.get_clients and vim.lsp.get_clients() or vim.lsp.get_active_clients()
  for _, client in ipairs(every) do
    local is_here = not buffer or vim.lsp.buf_is_attached(buffer, client.id)
    if client.name == "fixbot" and is_here then
      table.insert(found, client)
    end
  end
  return found
end

--- The client of a buffer, or any: commands about the project need one.
function M.one(buffer)
  return M.all(buffer)[1] or M.all()[1]
end

local function capabilities()
  local ours = {
    experimental = { fixbotStatus = true },
    -- Neovim applies versioned changes without saying so; the labels are shown by fixbot.fix.
    workspace = { workspaceEdit = { documentChanges = true, changeAnnotationSupport = { groupsOnLabel = false } } },
    textDocument = { inlineCompletion = { dynamicRegistration = false } },
  }
  if config.values.inline == false then
    ours.textDocument = nil
  end
  return vim.tbl_deep_extend("force", vim.lsp.protocol.make_client_capabilities(), ours)
end

--- The names of other servers in a buffer that complete: what they list is not listed twice.
local function others(buffer)
  local names = {}
  local every = vim.lsp.get_clients and vim.lsp.get_clients() or vim.lsp.get_active_clients()
  for _, client in ipairs(every) do
    local completes = client.server_capabilities and client.server_capabilities.completionProvider
    if client.name ~= "fixbot" and completes and vim.lsp.buf_is_attached(buffer, client.id) then
      table.insert(names, client.name)
    end
  end
  return names
end

local function push(client)
  local own = client.settings or client.config.settings
  local beside = own.fixbot.beside
  own.fixbot = config.server_settings(client.config.root_dir)
  own.fixbot.beside = beside or own.fixbot.beside
  client.config.settings = own
  M.call(client, "notify", "workspace/didChangeConfiguration", { settings = own })
end

--- Effect: tell the servers that run what is set now.
function M.tell_settings()
  for _, client in ipairs(M.all()) do
    push(client)
  end
end

--- Effect: tell the server of `buffer` who else completes there.
function M.tell_others(buffer)
  local names = others(buffer)
  for _, client in ipairs(#names > 0 and M.all(buffer) or {}) do
    local own = client.settings or client.config.settings
    local known = own.fixbot.beside or {}
    local new = vim.tbl_filter(function(name)
      return not vim.tbl_contains(known, name)
    end, names)
    if #new > 0 then
      own.fixbot.beside = vim.list_extend(vim.deepcopy(known), new)
      push(client)
    end
  end
end

--- Effect: hear of servers that come to a buffer later, where Neovim tells of them (0.8).
function M.watch_others()
  if vim.fn.exists("##LspAttach") == 1 then
    vim.api.nvim_create_autocmd("LspAttach", {
      group = vim.api.nvim_create_augroup("fixbot-beside", { clear = true }),
      callback = function(event)
        M.tell_others(event.buf)
      end,
    })
  end
end

local ending, starts = {}, {} -- client id -> true: we ended it; root -> times of new starts

local function begin_again()
  if modern then
    vim.lsp.enable("fixbot")
  else
    require("fixbot.legacy").attach_all()
  end
end

--- Effect: end the servers and start them again.
function M.restart()
  starts = {}
  local clients = M.all()
  for _, client in ipairs(clients) do
    ending[client.id] = true
    M.call(client, "stop")
  end
  local tries = 0
  local function when_gone()
    tries = tries + 1
    if #M.all() == 0 or tries > 50 then
      for _, client in ipairs(M.all()) do
        M.call(client, "stop", true)
      end
      return vim.defer_fn(begin_again, 50)
    end
    vim.defer_fn(when_gone, 100)
  end
  when_gone()
end

local function ended(root)
  return function(code, signal, id)
    vim.schedule(function()
      require("fixbot.ghost").forget(id)
      require("fixbot.statusline").hear(id, { state = "stopped" })
      local meant = ending[id] or signal == 15 or (code == 0 and signal == 0) or vim.v.exiting ~= vim.NIL
      ending[id] = nil
      if meant then
        return
      end
      local now = os.time()
      starts[root] = vim.tbl_filter(function(at)
        return now - at < WITHIN
      end, starts[root] or {})
      if #starts[root] >= MOST then
        return vim.notify("fixbot: the server ends again and again: see :FixbotLog", vim.log.levels.ERROR)
      end
      table.insert(starts[root], now)
      vim.notify("fixbot: the server ended, and is started again", vim.log.levels.WARN)
      vim.defer_fn(begin_again, 200 * #starts[root])
    end)
  end
end

local function attached(client, buffer)
  require("fixbot.inline").enable(client, buffer)
  M.tell_others(buffer)
  if client.config.root_dir then
    require("fixbot.trust").ask(client.config.root_dir)
  end
  if config.values.on_attach then
    config.values.on_attach(client, buffer)
  end
end

-- Called before "initialize" is sent: what depends on the root is filled in.
local function before_init(params, own)
  local settings = config.server_settings(own.root_dir)
  local beside = others(vim.api.nvim_get_current_buf())
  if #beside > 0 and not settings.beside then
    settings.beside = beside
  end
  own.settings = own.settings or {}
  own.settings.fixbot = settings
  params.initializationOptions = settings
end

local told = false

local function tell_missing(command)
  if told then
    return
  end
  told = true
  if command then
    vim.notify(("fixbot: '%s', which `cmd` names, cannot be run: see :checkhealth fixbot"):format(command[1]), vim.log.levels.WARN)
  else
    local ways = table.concat(require("fixbot.config").how_to_install(), "' or '")
    local how = ("install it with '%s', or set `cmd` (:help fixbot-options)"):format(ways)
    vim.notify("fixbot: the command 'fixbot' was not found: " .. how, vim.log.levels.WARN)
  end
end

--- The command for `root`; tells the user once where there is none that can be run.
function M.command(root)
  local command = config.command(root)
  if command and vim.fn.executable(command[1]) == 1 then
    return command
  end
  tell_missing(command)
end

local function status(_, message, context)
  require("fixbot.statusline").hear(context.client_id, message)
end

--- What all versions share: the fields that vim.lsp.start_client knows.
function M.shared(root)
  return {
    name = "fixbot",
    capabilities = capabilities(),
    settings = { fixbot = config.server_settings(root) },
    handlers = { ["fixbot/status"] = status },
    before_init = before_init,
    on_attach = attached,
    on_exit = ended(root or ""),
  }
end

--- For vim.lsp.config: the root decides which command is started, and nothing is started without one.
function M.config()
  return vim.tbl_extend("force", M.shared(nil), {
    filetypes = config.values.filetypes,
    root_dir = function(buffer, on_root)
      local root = config.root_of(vim.api.nvim_buf_get_name(buffer))
      if M.command(root) then
        on_root(root)
      end
    end,
    cmd = function(dispatchers, own)
      local root = own and own.root_dir
      return vim.lsp.rpc.start(M.command(root) or { "fixbot", "lsp" }, dispatchers, { cwd = root })
    end,
  })
end

return M
