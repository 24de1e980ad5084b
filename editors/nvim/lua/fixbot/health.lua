-- :checkhealth fixbot

local M = {}

-- Named otherwise before 0.10, and kept elsewhere before 0.8.
local function reporter()
  local found = vim.health or require("health")
  return {
    start = found.start or found.report_start,
    ok = found.ok or found.report_ok,
    warn = found.warn or found.report_warn,
    error = found.error or found.report_error,
    info = found.info or found.report_info,
  }
end

local function neovim(say)
  say.start("fixbot: Neovim")
  if vim.fn.has("nvim-0.7") == 0 then
    return say.error("Neovim 0.7 or newer is needed")
  end
  local started = vim.lsp.config and vim.lsp.enable and "vim.lsp.enable" or "vim.lsp.start_client (older than 0.11)"
  say.ok("the server is started by " .. started)
  local config = require("fixbot.config").values
  if config.inline == false then
    say.info("grey text is switched off")
  elseif require("fixbot.inline").is_native() then
    say.ok("grey text is shown by Neovim; " .. config.keys.accept .. " accepts it")
  else
    say.ok("grey text is shown by this plugin; " .. config.keys.accept .. " accepts it, " .. config.keys.accept_word .. " its next word")
  end
end

local function command(say)
  say.start("fixbot: the server")
  local found = require("fixbot.config").command(require("fixbot.config").root_of(vim.fn.getcwd() .. "/x"))
  if not found then
    return say.error("the command 'fixbot' was not found", vim.list_extend(require("fixbot.config").how_to_install(), { "or set `cmd`: see :help fixbot-options" }))
  end
  if vim.fn.executable(found[1]) == 0 then
    return say.error(("'%s', which `cmd` names, cannot be run"):format(found[1]), vim.list_extend(require("fixbot.config").how_to_install(), { "or set `cmd` to what can be run, or not at all: see :help fixbot-options" }))
  end
  local version = vim.trim(vim.fn.system({ found[1], "--version" }))
  if vim.v.shell_error ~= 0 then
    return say.error(("%s does not start: %s"):format(found[1], version), { "run it in a terminal to see why" })
  end
  say.ok(("%s (%s)"):format(version, found[1]))
end

local function running(say)
  say.start("fixbot: the projects")
  local clients = require("fixbot.client").all()
  if #clients == 0 then
    return say.info("no server runs; one starts with the first file of a project")
  end
  for _, client in ipairs(clients) do
    local root = client.config.root_dir
    local trusted = root and require("fixbot.trust").of(root)
    local word = trusted and "trusted" or trusted == false and "not trusted" or root and "trust not answered yet (:FixbotTrust)" or "a file without a project"
    local settings = (client.settings or client.config.settings).fixbot
    local beside = settings.beside and #settings.beside > 0 and ", beside " .. table.concat(settings.beside, ", ") or ""
    say.ok(("%s: %s%s"):format(root or "no root", word, beside))
  end
end

--- Effect: report what is there and what lacks.
function M.check()
  local say = reporter()
  neovim(say)
  command(say)
  running(say)
end

return M
