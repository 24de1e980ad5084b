-- For vim.lsp.config (0.11): what `vim.lsp.enable("fixbot")` starts, with the settings of require("fixbot").setup().

return require("fixbot.client").config()
