-- Showing answers: text in a window of its own, files, and a change as a diff before it is made.

local M = {}

--- Effect: open `lines` in a split that `q` closes. Returns the window.
function M.text(title, lines, filetype)
  vim.cmd("botright new")
  local buffer, window = vim.api.nvim_get_current_buf(), vim.api.nvim_get_current_win()
  vim.bo[buffer].buftype, vim.bo[buffer].bufhidden, vim.bo[buffer].swapfile = "nofile", "wipe", false
  pcall(vim.api.nvim_buf_set_name, buffer, "fixbot://" .. title)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable, vim.bo[buffer].filetype = false, filetype
  vim.keymap.set("n", "q", "<cmd>close<cr>", { buffer = buffer, nowait = true, desc = "fixbot: close" })
  return window
end

--- Effect: open markdown.
function M.markdown(title, text)
  return M.text(title, vim.split(text, "\n", { plain = true }), "markdown")
end

--- Effect: open a file; a page goes to the browser, where Neovim knows one.
function M.file(path)
  if path:match("%.html$") then
    if vim.ui.open and vim.ui.open(path) then
      return
    end
    return vim.notify("fixbot: open this page in a browser: " .. path)
  end
  vim.cmd("botright split " .. vim.fn.fnameescape(path))
  vim.bo.modifiable = false
end

local function difference(before, after)
  local compare = vim.text and vim.text.diff or vim.diff
  return compare(before, after, { result_type = "unified", ctxlen = 3 })
end

--- Effect: open the diff of `files`, each { uri, before, after }. Returns the window.
function M.diff(title, evidence, files)
  local lines = vim.split(title .. "\n" .. evidence, "\n", { plain = true })
  for _, file in ipairs(files) do
    local path = vim.fn.fnamemodify(vim.uri_to_fname(file.uri), ":~:.")
    vim.list_extend(lines, { "", "--- " .. path, "+++ " .. path })
    vim.list_extend(lines, vim.split(difference(file.before, file.after), "\n", { plain = true, trimempty = true }))
  end
  return M.text("fix", lines, "diff")
end

return M
