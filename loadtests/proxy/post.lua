-- Posts one of many prompts of the same length, all made beforehand, and prints what was measured as one line.
--   ROUTE  the path    LANE  chat or score    ENGINE  where the Portkey gateway finds the engine
local prompts = 4096
local requests = {}
local next = 0

function init()
  local headers = {
    ["Content-Type"] = "application/json", ["User-Agent"] = "OpenAI/Python 1.0", ["Authorization"] = "Bearer none",
    ["x-portkey-provider"] = "openai", ["x-portkey-custom-host"] = os.getenv("ENGINE") .. "/v1",
  }
  for i = 1, prompts do
    local text = string.format("Question %04d: why is the sky blue? ", i) .. string.rep("Explain it as you would to a curious child. ", 20)
    local body
    if os.getenv("LANE") == "score" then
      body = '{"model": "scored", "prompt": "' .. text .. '", "response": "Air scatters blue light.", "options": {"cache": "off"}}'
    else
      body = '{"model": "bench", "messages": [{"role": "system", "content": "You answer in one sentence."}, {"role": "user", "content": "'
        .. text .. '"}], "temperature": 0.7, "max_tokens": 128}'
    end
    requests[i] = wrk.format("POST", os.getenv("ROUTE"), headers, body)
  end
end

function request()
  next = next % prompts + 1
  return requests[next]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "MEASURED %d %d %.1f %.1f %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
