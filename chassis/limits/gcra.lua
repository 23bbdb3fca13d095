-- GCRA: each key holds the moment (server time, microseconds) at which its quota will be whole again.
-- KEYS: one a decision. ARGV: for each key the microseconds that one request costs, and the length of the window.
-- Returns for each key: >= 0, allowed: microseconds until the quota is whole; < 0, refused: minus those to wait.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers = {}
for i, key in ipairs(KEYS) do
  local cost, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local whole = tonumber(redis.call('GET', key) or 0)
  if whole < now then
    whole = now
  elseif whole > now + window then
    whole = now + window -- the clock stepped back, or the limit was changed
  end
  local wait = whole + cost - window - now
  if wait > 0 then
    answers[i] = -wait
  else
    local left = whole + cost - now
    redis.call('SET', key, string.format('%.0f', whole + cost), 'PX', math.ceil(left / 1000))
    answers[i] = left
  end
end
return answers
