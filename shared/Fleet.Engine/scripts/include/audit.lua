-- What a timeline says of who asked for a change, where that is known: the data of its event, with other members before it or alone.
local function audited(audit, others)
  if not audit or audit == '' then return others and '{' .. others .. '}' end
  return '{' .. (others and others .. ',' or '') .. '"audit":' .. cjson.encode(audit) .. '}'
end
