using System.Net;
using Fleet.Engine.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Workers.Tests;

/// <summary>What /livez says of a worker: that its loop comes round, whatever Redis does.</summary>
public sealed class LivenessTests
{
    [Fact]
    public async Task A_loop_that_comes_round_no_more_turns_livez_red()
    {
        var redis = RedisServer.OfItsOwn();
        await redis.InitializeAsync();
        using var logger = new StuckLogger();
        try
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["urls"] = "http://127.0.0.1:0",
                ["Fleet:Redis"] = redis.Address,
                ["Fleet:Worker:StuckAfter"] = "00:00:10",
                ["Fleet:Worker:DrainTimeout"] = "00:00:00",
            });
            builder.Logging.ClearProviders().AddProvider(logger);
            builder.Services.AddSingleton(new Stage());
            builder.Services.AddFleetWorker(builder.Configuration).AddJob<UndisposableJob>("other");
            builder.Services.AddFleetHealth();
            await using var app = builder.Build();
            app.MapFleetHealth();
            await app.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            Assert.Equal("alive\n", await http.GetStringAsync("livez"));

            // The loop says that it does not know the job, and its log does not come back.
            await app.Services.GetRequiredService<Engine.Runs.RunStore>().EnqueueAsync(Worker.Spec("ok"));
            await logger.Entered.Soon();

            HttpStatusCode status = default;
            var said = "";
            await Until.TrueAsync("it is said", async () =>
            {
                using var answer = await http.GetAsync("livez");
                (status, said) = (answer.StatusCode, await answer.Content.ReadAsStringAsync());
                return status != HttpStatusCode.OK;
            }, TimeSpan.FromSeconds(60));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("urn:fleet:stuck", said, StringComparison.Ordinal);
            Assert.Contains("has not come round", said, StringComparison.Ordinal);

            logger.Release();
            await Until.TrueAsync("it lives again", async () => (await http.GetAsync("livez")).StatusCode == HttpStatusCode.OK);
        }
        finally
        {
            logger.Release();
            await redis.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_Redis_that_hangs_and_one_that_is_gone_leave_the_loop_coming_round()
    {
        var redis = RedisServer.OfItsOwn();
        await redis.InitializeAsync();
        try
        {
            await using var worker = await Worker.StartAsync(redis, new Stage(), RedisServer.NewPrefix());
            await redis.FreezeAsync();
            await ComesRoundAsync(worker);
            await redis.ThawAsync();
            await redis.KillAsync();
            await ComesRoundAsync(worker);
            Assert.Null(worker.Fleet.Fault());
            await redis.RestartAsync();
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_worker_that_has_stopped_stands_still_as_it_should()
    {
        var redis = new RedisServer();
        await redis.InitializeAsync();
        try
        {
            await using var worker = await Worker.StartAsync(redis, new Stage(), RedisServer.NewPrefix());
            await Until.TrueAsync("it moves", () => worker.Fleet.Silence > TimeSpan.Zero);
            await worker.StopAsync();
            Assert.Equal(TimeSpan.Zero, worker.Fleet.Silence);
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    /// <summary>Waits until the loop has been silent and then not, three times; each time takes as long as a call to Redis may.</summary>
    private static async Task ComesRoundAsync(Worker worker)
    {
        for (var round = 0; round < 3; round++)
        {
            var silence = TimeSpan.Zero;
            await Until.TrueAsync("it comes round", () =>
            {
                var now = worker.Fleet.Silence;
                if (now < silence) return true;
                silence = now;
                return false;
            });
        }
    }

    /// <summary>A log that does not come back from what it is told of a run of an unknown job.</summary>
    private sealed class StuckLogger : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _gate = new();

        public Task Entered => _entered.Task;

        public void Release() => _gate.Set();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id != 2205) return;
            _entered.TrySetResult();
            _gate.Wait();
        }

        public void Dispose() => _gate.Set();
    }
}
