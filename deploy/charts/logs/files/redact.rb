# The second line of redaction, and the way of a line to its data stream: loaded by Logstash's ruby filter (`path`).
#
# Of an event, the fields of the allow-list go on (fields.json, compiled from the services' own list) and nothing else,
# each of its type and without what looks like a person or a secret: the same patterns as chassis/telemetry/fields.py,
# which is the first line and is not relied on here. Logstash runs the tests below each time that it starts. ASCII alone, as it
# is read in whatever encoding a machine has.
require "ipaddr"
require "json"
require "time"

def concurrency
  :shared
end

# `fields`: the path of fields.json; `environment`: the namespace of the data streams.
def register(params)
  listed = params["listed"] || JSON.parse(File.read(params["fields"]))
  @types = listed["types"]
  @security = listed["security"]
  @environment = params["environment"]
  @hidden = "\u2026"
  @secrets = /
      "[^"]*" | (?<![[:word:]])'[^']*'(?![[:word:]])                   # what an exception quotes
    | [^[:space:]]+@[^[:space:]]+                                      # addresses, and user:password@host
    | \?[^[:space:]]+                                                  # query strings
    | \beyJ[[[:word:]]-]+\.[[[:word:]].-]+                             # tokens
    | \b[[:digit:]][[[:digit:]]\x20-]{11,21}[[:digit:]]\b              # card-like digits
    | [[[:word:]]+\/=-]{40,}                                           # keys, hashes, secrets
  /x
  # A UUID, and the id of a trace: digits alone may look like those of a card.
  @id = /\A(\h{8}-(\h{4}-){3}\h{12}|\h{32})\z/
  # Addresses of networks that anybody may come from.
  @own = /\A(10|127|192\.168|172\.(1[6-9]|2\d|3[01]))\./
  @address4 = /\b(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}\b/
  @address6 = /\b(\h{1,4}:\h{1,4}:\h{1,4}):[\h:]{2,}/
  # Ids and words of closed sets; a label's reason may be a sentence of ours, a backend of PostgreSQL has two words.
  @word = %r{\A[^[:space:]"']*\z}
  @sentences = ["labels.reason", "postgresql.backend"]
  @frame = %r{\A([\w./<>-]+:\d+ [\w<>]+|caused by [\w.]+)\z}
end

def filter(event)
  given = event.to_hash
  found = begin
    document(given)
  rescue StandardError
    # Never the event itself: what cannot be read cannot be redacted.
    { "message" => "log.unreadable", "log.level" => "error", "data_stream.dataset" => "mercat.platform", **stream }
  end
  found["@timestamp"] ||= given["@timestamp"].to_s
  made = LogStash::Event.new(nested(found.compact))
  made.remove("@version")
  [made]
end

def stream
  { "data_stream.type" => "logs", "data_stream.namespace" => @environment }
end

def document(given)
  dataset, line = read(given)
  found = { "service.environment" => @environment, **stream }
  dropped = 0
  line.merge(origin(given)).each do |name, value|
    next if value.nil?
    kept = @types.key?(name) ? fitting(name, value, dataset) : nil
    kept.nil? ? dropped += 1 : found[name] = kept
  end
  found["labels.dropped"] = dropped if dropped.positive?
  dataset = "security" if dataset == "app" && security?(found)
  found["data_stream.dataset"] = "mercat.#{dataset}"
  found
end

def security?(found)
  @security.include?(found["message"]) || [401, 403, 429].include?(found["http.response.status_code"])
end

# Where a line comes from, by Filebeat.
def origin(given)
  about = given["kubernetes"] || {}
  {
    "kubernetes.namespace" => about["namespace"],
    "kubernetes.pod.name" => about.dig("pod", "name"),
    "kubernetes.container.name" => about.dig("container", "name"),
    "kubernetes.node.name" => about.dig("node", "name")
  }
end

# A line's dataset and its fields, by their ECS names.
def read(given)
  text = given["message"].to_s.scrub("?")
  container = given.dig("kubernetes", "container", "name").to_s
  json = parsed(text)
  return ["audit", audit(json)] if given.dig("fields", "source") == "kubernetes-audit"
  return ["data", valkey(text)] if container == "valkey"
  return ["platform", { "message" => text }] if json.nil? && given.dig("kubernetes", "namespace") != "mercat"
  return ["app", { "message" => text }] if json.nil?
  return ["app", json] if json.key?("service.name") && json.key?("log.level")
  return ["edge", access(json)] if json.key?("DownstreamStatus")
  return ["data", postgresql(json["record"])] if json["record"].is_a?(Hash)
  [container == "traefik" ? "edge" : "platform", general(json)]
end

def parsed(text)
  return nil unless text.start_with?("{")
  json = JSON.parse(text, max_nesting: 20)
  json.is_a?(Hash) ? json : nil
rescue JSON::ParserError, JSON::NestingError
  nil
end

def general(json)
  {
    "@timestamp" => json["@timestamp"] || json["time"] || json["ts"],
    "log.level" => (json["level"] || json["log.level"] || json["severity"])&.to_s&.downcase,
    "log.logger" => json["logger"] || json["log.logger"],
    "message" => json["message"] || json["msg"],
    "error.message" => (json["error"] || json["err"])&.to_s
  }
end

# Traefik's line of a request: neither the path nor the host, which may hold what a person typed. Of several addresses the last
# one counts, which a proxy of ours appended.
def access(json)
  {
    "@timestamp" => json["StartUTC"], "log.level" => json["DownstreamStatus"].to_i >= 500 ? "error" : "info", "message" => "request",
    "http.request.method" => json["RequestMethod"], "http.response.status_code" => json["DownstreamStatus"],
    "http.response.body.bytes" => json["DownstreamContentSize"], "http.request.body.bytes" => json["RequestContentSize"],
    "http.version" => json["RequestProtocol"].to_s.delete_prefix("HTTP/"), "event.duration" => json["Duration"],
    "client.ip" => json["ClientHost"].to_s.split(",").last&.strip, "tls.version" => json["TLSVersion"], "traefik.router" => json["RouterName"].to_s[/\A[^@]+/],
    "traefik.service" => json["ServiceName"].to_s[/\A[^@]+/], "traefik.entry_point" => json["entryPointName"],
    "traefik.origin.status_code" => json["OriginStatus"], "traefik.origin.duration" => json["OriginDuration"],
    "traefik.retries" => json["RetryAttempts"], "trace.id" => json["TraceId"]
  }
end

# Of a statement only that there was one: its literals are people's data. The detail quotes rows.
def postgresql(record)
  {
    "@timestamp" => record["log_time"].to_s.sub(" ", "T").sub(" UTC", "Z"), "log.level" => record["error_severity"].to_s.downcase,
    "message" => record["message"].to_s.sub(/\b(statement|execute|parse|bind)\b.*\z/m, "\\1 \u2026"), "error.code" => record["sql_state_code"],
    "postgresql.database" => record["database_name"], "postgresql.role" => record["user_name"], "postgresql.backend" => record["backend_type"]
  }
end

def valkey(text)
  level, message = text.match(/\A\d+:\w \d+ \w+ \d+ [\d:.]+ ([.*#-]) (.*)\z/m)&.captures || ["*", text]
  { "log.level" => { "." => "debug", "-" => "debug", "*" => "info", "#" => "warning" }[level], "message" => message }
end

# Who did what to what in Kubernetes; never the objects themselves. The address stays whole here.
def audit(json)
  return { "message" => "audit.unreadable", "log.level" => "warning" } if json.nil?
  about = json["objectRef"] || {}
  {
    "@timestamp" => json["requestReceivedTimestamp"], "log.level" => "info", "message" => "kubernetes.request", "event.id" => json["auditID"],
    "user.name" => json.dig("user", "username"), "source.ip" => Array(json["sourceIPs"]).first,
    "http.response.status_code" => json.dig("responseStatus", "code"), "audit.verb" => json["verb"], "audit.stage" => json["stage"],
    "audit.resource" => about["resource"], "audit.subresource" => about["subresource"], "audit.namespace" => about["namespace"],
    "audit.name" => about["name"]
  }
end

# The value as its field's type wants it; nil where it is of another.
def fitting(name, value, dataset)
  return value.first(20).map { |each| fitting(name, each, dataset) }.compact if value.is_a?(Array) && @types[name] == "keyword"
  case @types[name]
  when "long" then whole(name, value)
  when "double" then value.is_a?(Numeric) ? value.to_f : nil
  when "boolean" then [true, false].include?(value) ? value : nil
  when "date" then moment(value)
  when "ip" then address(value, whole: dataset == "audit")
  else text(name, value)
  end
end

def whole(name, value)
  # The services write numbers as text in a line that JSON could not hold otherwise.
  value = value.to_i if value.is_a?(Float) && value.finite? && value == value.to_i || value.to_s.match?(/\A-?\d{1,18}\z/)
  return nil unless value.is_a?(Integer) && value.abs < 2**63
  # As long as a card's number: nothing that is counted in labels.
  name.start_with?("labels.") && value.abs >= 10**12 ? nil : value
end

def moment(value)
  (value.is_a?(Numeric) ? Time.at(value) : Time.iso8601(value.to_s)).utc.iso8601(3)
rescue ArgumentError, RangeError, FloatDomainError
  nil
end

def address(value, whole:)
  ip = IPAddr.new(value.to_s.split("%").first.to_s)
  ip = ip.native
  whole ? ip.to_s : ip.mask(ip.ipv4? ? 24 : 48).to_s
rescue IPAddr::Error
  nil
end

def text(name, value)
  return nil if value.is_a?(Hash) || value.is_a?(Array)
  value = value.to_s
  return value if value.match?(@id)
  return value[0, 20_000].lines(chomp: true).map { |line| line.match?(@frame) ? line : scrubbed(line) }.join("\n") if name == "error.stack_trace"
  value = scrubbed(value)
  @types[name] == "keyword" && !@sentences.include?(name) && !value.match?(@word) ? @hidden : value
end

# As much of a text as the services look at, so that no text costs much; what the cut leaves of a quotation goes, too.
def scrubbed(value)
  shown = value[0, 2000].gsub(@secrets, @hidden)
  shown = shown.sub(/["'][^"']*\z/, @hidden) if value.length > 2000
  shown = shown.gsub(@address4) { |all| all.match?(@own) ? all : "#{$1}.0" }
  shown.gsub(@address6, '\1::')[0, 500]
end

def nested(found)
  found.each_with_object({}) do |(name, value), whole|
    *path, last = name.split(".")
    path.reduce(whole) { |part, key| part[key] ||= {} }[last] = value
  end
end

# What Logstash checks at its start: a fault here keeps it from starting.
def self.parameters_of_tests
  words = { "message" => "text", "log.level" => "keyword", "service.name" => "keyword", "user.id" => "keyword",
            "client.ip" => "ip", "labels.count" => "long", "@timestamp" => "date", "error.message" => "text",
            "http.response.status_code" => "long", "labels.dropped" => "long", "traefik.router" => "keyword" }
  { "environment" => "test", "listed" => { "types" => words, "security" => ["session.reuse"] } }
end
tested = parameters_of_tests

test "a line of a service" do
  parameters { tested }
  line = { "service.name" => "identity", "log.level" => "info", "message" => "mail to ada@example.com failed", "email" => "ada@example.com",
           "user.id" => "01890000-0000-7000-8000-000000000001", "client.ip" => "203.0.113.77", "labels.count" => 4242424242424242 }
  in_event { { "@timestamp" => "2026-01-02T03:04:05.678Z", "message" => JSON.generate(line), "stream" => "stdout" } }
  expect("one document") { |events| events.size == 1 }
  expect("no person") { |events| !events.first.to_hash.to_s.match?(/ada@|203\.0\.113\.77|4242/) }
  expect("the id") { |events| events.first.get("[user][id]") == line["user.id"] }
  expect("its stream") { |events| events.first.get("[data_stream][dataset]") == "mercat.app" }
  expect("two dropped, one cut") { |events| events.first.get("[labels][dropped]") == 2 && events.first.get("[client][ip]") == "203.0.113.0" }
end

test "a line of security" do
  parameters { tested }
  in_event { { "message" => '{"service.name":"identity","log.level":"warning","message":"session.reuse"}' } }
  expect("its stream") { |events| events.first.get("[data_stream][dataset]") == "mercat.security" }
end

test "what cannot be read" do
  parameters { tested }
  in_event { { "message" => '{"record":{"message":' + "\xff" + ' "Lovelace"', "kubernetes" => "no object" } }
  expect("nothing of it") { |events| !events.first.to_hash.to_s.include?("Lovelace") }
  expect("a stream") { |events| events.first.get("[data_stream][dataset]") == "mercat.platform" }
end
