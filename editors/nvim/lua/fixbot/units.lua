-- Bytes against the units of the protocol, and the parts in which a text is accepted. Knows no buffer.

local M = {}

--- UTF-16 units of a UTF-8 text.
function M.utf16(text)
  local count = 0
  for index = 1, #text do
    local byte = text:byte(index)
    count = count + (byte >= 0xF0 and 2 or (byte < 0x80 or byte >= 0xC0) and 1 or 0)
  end
  return count
end

local function width(byte, encoding)
  if encoding == "utf-8" then
    return 1
  elseif byte >= 0x80 and byte < 0xC0 then
    return 0
  end
  return byte >= 0xF0 and encoding ~= "utf-32" and 2 or 1
end

--- The byte (from 0) at `unit` of a line, its end where the line is shorter.
function M.byte(line, unit, encoding)
  local passed = 0
  for index = 1, #line do
    local this = width(line:byte(index), encoding)
    if passed >= unit and this > 0 then
      return index - 1
    end
    passed = passed + this
  end
  return #line
end

--- The unit at byte `byte` (from 0) of a line.
function M.unit(line, byte, encoding)
  local passed = 0
  for index = 1, math.min(byte, #line) do
    passed = passed + width(line:byte(index), encoding)
  end
  return passed
end

--- What of `text` is taken as "all", "line" (to the end of its first line that is not empty) or "word".
function M.part(text, part)
  if part == "word" then
    return text:match("^%s*[%w_\128-\255]+") or text:match("^%s*[^%w_%s\128-\255]+") or text
  elseif part == "line" then
    return text:match("^\n*[^\n]*")
  end
  return text
end

return M
