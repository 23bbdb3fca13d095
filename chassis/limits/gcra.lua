-- GCRA: each key holds the moment (server time, microseconds) at which its quota will be whole again.
-- KEYS: one for each limit, those of one request beside each other. ARGV: for each key the microseconds that one request
-- costs, the length of the window, and 1 where it is the last of its request, else 0.
-- A request takes from all of its quotas, or from none where one of them is used up.
-- Returns for each key: >= 0, allowed: microseconds until the quota is whole; < 0, refused: minus those to wait.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers, taken, first, refused = {}, {}, 1, false
for i, key in ipairs(KEYS) do
  local cost, window = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  local whole = tonumber(redis.call('GET', key) or 0)
  if whole < now then
    whole = now
  elseif whole > now + window then
    whole = now + window -- the clock stepped back, or the limit was changed
  end
  local wait = whole + cost - window - now
  taken[i] = whole + cost
  if wait > 0 then
    answers[i] = -wait
    refused = true
  else
    answers[i] = whole + cost - now
  end
  if ARGV[3 * i] == '1' then
    for j = first, refused and 0 or i do
      redis.call('SET', KEYS[j], string.format('%.0f', taken[j]), 'PX', math.ceil(answers[j] / 1000))
    end
    first, refused = i + 1, false
  end
end
return answers
