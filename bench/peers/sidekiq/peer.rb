# Sidekiq, set up as its documentation recommends: jobs are pushed in bulks of a thousand, one process has a number of threads (tuned by
# the caller), which is also the size of its connection pool.
# Left out: Rails and ActiveJob, which cost more; middleware; and what only the paid editions have, such as a fetch that survives a crash
# (super_fetch). Open-source Sidekiq takes a job off the list before it is executed, and keeps nothing of a job that succeeded: it
# promises less than Fleet and is compared all the same.
require 'json'

command, host, port, *rest = ARGV
url = "redis://#{host}:#{port}/0"

require 'sidekiq'
# Its calls are older than the client library that Debian has beside it; a warning for each would be what is measured.
Redis.silence_deprecations = true

class Noop
  include Sidekiq::Worker
  sidekiq_options queue: 'bench', retry: true

  @lock = Mutex.new
  @executed = 0
  class << self
    attr_reader :executed

    def count
      @lock.synchronize { @executed += 1 }
    end
  end

  def perform(_input)
    Noop.count
  end
end

BULK = 1000

def enqueue(url, runs, payload)
  Sidekiq.configure_client { |config| config.redis = { url: url } }
  # {"text":"…"} of just the size asked for.
  input = { 'text' => 'x' * [payload - 11, 0].max }
  Sidekiq.redis(&:ping)
  cpu = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
  started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  left = runs
  while left.positive?
    count = [left, BULK].min
    Sidekiq::Client.push_bulk('class' => Noop, 'args' => Array.new(count) { [input] })
    left -= count
  end
  puts "#{Process.clock_gettime(Process::CLOCK_MONOTONIC) - started} #{Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - cpu}"
end

def work(url, concurrency)
  # The pool is then made when the number of threads is known.
  ENV['REDIS_URL'] = url
  require 'sidekiq/cli'
  Sidekiq.configure_server do |config|
    # One line a job would measure the log.
    Sidekiq.logger.level = Logger::WARN
    config.on(:shutdown) { Sidekiq.redis { |redis| redis.incrby('bench:executed', Noop.executed) } }
  end
  cli = Sidekiq::CLI.instance
  cli.parse(['-q', 'bench', '-c', concurrency.to_s, '-r', File.expand_path(__FILE__), '-t', '25'])
  # The application is this file, which is loaded already.
  cli.run(boot_app: false)
end

command == 'enqueue' ? enqueue(url, Integer(rest[0]), Integer(rest[1])) : work(url, Integer(rest[0]))
