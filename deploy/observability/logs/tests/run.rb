# Logstash's part for redact.rb under plain Ruby, as logstash-filter-ruby has it: the script is evaluated in an object of its own,
# its tests are run first, then each line of JSON on stdin is an event, and each line of stdout what became of it.
#   ruby run.rb SCRIPT FIELDS ENVIRONMENT
require "json"

module LogStash
  # Of Logstash's own what the script uses; a new one has a version, which the mapping does not.
  class Event
    def initialize(data)
      @data = { "@version" => "1" }.merge(data)
    end

    def remove(name)
      @data.delete(name)
    end

    def to_hash
      @data
    end

    def get(reference)
      @data.dig(*reference.scan(/[^\[\]]+/))
    end
  end
end

class Script
  attr_reader :tests

  def initialize(path)
    @tests = []
    instance_eval(File.read(path), path, 1)
  end

  def test(name, &block)
    @tests << [name, block]
  end
end

class Case
  def initialize(path)
    @path = path
    @failed = []
    @expected = []
  end

  attr_reader :failed

  def parameters(&block)
    @parameters = block.call
  end

  def in_event(&block)
    @event = block.call
  end

  def expect(what, &block)
    @expected << [what, block]
  end

  def run(block)
    instance_eval(&block)
    script = Script.new(@path)
    script.register(@parameters)
    events = script.filter(LogStash::Event.new(@event))
    @expected.reject { |_, check| check.call(events) }.map(&:first)
  end
end

path, fields, environment = ARGV
script = Script.new(path)
failed = script.tests.flat_map { |name, block| Case.new(path).run(block).map { |what| "#{name}: #{what}" } }
abort("FAILED #{failed.join("; ")}") unless failed.empty?
warn("#{script.tests.size} tests passed")
script.register("fields" => fields, "environment" => environment)
$stdin.each_line { |line| script.filter(LogStash::Event.new(JSON.parse(line))).each { |event| puts JSON.generate(event.to_hash) } }
