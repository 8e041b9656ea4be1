-- Native batches of the example tool: 10 events, about 1.3 kB, each with an id of its own.
-- Prints its own summary, one `key value` a line, for wrk.rs to read.

local sent = 0
local head, tail

function init(args)
  local run = tonumber(args[1] or "1")
  head = string.format('{"v":1,"id":"%08x%08x', run, os.time())
  local finished = '{"event":"command_finished","n":%d,"fields":'
    .. '{"command":"%s","outcome":"ok","duration":%d,"pages":%d,"cached":true}}'
  local loaded = '{"event":"plugin_loaded","n":%d,"fields":{"plugin":"%s","plugin_version":"2.%d.0"}}'
  local commands = { "build", "check", "clean", "dev", "init", "serve" }
  local plugins = { "acme-plugin-rss", "acme-plugin-of-our-own" }
  local events = {}
  for i = 1, 10 do
    if i <= 8 then
      events[i] = string.format(finished, i, commands[i % 6 + 1], 170 * i * i, 12 * i)
    else
      events[i] = string.format(loaded, i, plugins[i - 8], i)
    end
  end
  tail = '","tool":"acme","day":"' .. os.date("!%Y-%m-%d") .. '","first":["day"],'
    .. '"origin":{"version":"1.4.2","os":"linux","arch":"x86_64","ci":false},'
    .. '"events":[' .. table.concat(events, ",") .. "]}"
end

function request()
  sent = sent + 1
  return wrk.format("POST", nil, { ["content-type"] = "application/json" }, head .. string.format("%016x", sent) .. tail)
end

function done(summary, latency)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format("requests %d\nmicroseconds %d\nfailures %d", summary.requests, summary.duration, failures))
  print(string.format("p50_us %.0f\np99_us %.0f", latency:percentile(50), latency:percentile(99)))
end
