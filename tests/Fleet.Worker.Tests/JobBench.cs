using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fleet.Worker.Tests;

/// <summary>The built-in jobs as a host has them, executed without Redis; what they put on their timeline is kept here.</summary>
internal sealed class JobBench : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly PartitionKeys _partition = new FleetKeys("bench", 1).Partitions[0];
    private readonly ConcurrentQueue<AttemptEvent> _events = new();

    /// <param name="settings">Settings below <c>Fleet:Worker</c>.</param>
    public JobBench(params (string Key, string Value)[] settings) : this(TimeProvider.System, settings)
    {
    }

    public JobBench(TimeProvider time, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => $"Fleet:Worker:{setting.Key}", setting => (string?)setting.Value))
            .Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddFleetWorker(configuration).AddBuiltInJobs(configuration);
        services.Replace(ServiceDescriptor.Singleton(time));
        _services = services.BuildServiceProvider();
    }

    public IServiceProvider Services => _services;

    public IReadOnlyDictionary<string, JobInfo> Jobs =>
        _services.GetServices<JobDefinition>().ToDictionary(job => job.Info.Name, job => job.Info);

    public RunId RunId { get; } = RunId.New(0, 0);

    /// <summary>Called with every line, before it counts as recorded.</summary>
    public Func<LogLine, Task> OnLineAsync { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called when progress has been recorded.</summary>
    public Action OnProgress { get; set; } = () => { };

    public IReadOnlyList<LogLine> Lines => [.. _events.Where(e => e.Type == EventType.Log).Select(e => Read<LogLine>(e.Data))];

    public IReadOnlyList<RunProgress> Progress => [.. _events.Where(e => e.Type == EventType.Progress).Select(e => Read<RunProgress>(e.Data))];

    /// <summary>The lines of one stream.</summary>
    public IReadOnlyList<string> Stream(string name) => [.. Lines.Where(line => line.Stream == name).Select(line => line.Line)];

    /// <summary>Executes one attempt; the output is JSON.</summary>
    public async Task<JsonElement> RunAsync(string job, object input, int attempt = 1, CancellationToken cancellation = default)
    {
        var definition = _services.GetServices<JobDefinition>().Single(known => known.Info.Name == job);
        var json = input as string ?? JsonSerializer.Serialize(input, FleetJson.Options);
        var run = new TakenRun(new WaitingLine(_partition, "default", Priority.Normal), "1-0", RunId, attempt, new RunHead(job, "default", Priority.Normal, 5, 0), "", Encoding.UTF8.GetBytes(json));
        var timeline = new Lazy<TimelineWriter>(() => new TimelineWriter(RecordAsync, () => { }, TimeProvider.System));
        await using var scope = _services.CreateAsyncScope();
        try
        {
            var output = await definition.RunAsync(run.Input, new JobContext(run, scope.ServiceProvider, timeline), cancellation);
            return JsonSerializer.Deserialize<JsonElement>(output);
        }
        finally
        {
            if (timeline.IsValueCreated) await timeline.Value.FlushAsync();
        }
    }

    /// <summary>Executes an attempt that has to fail for good.</summary>
    public async Task<string> FailsForGoodAsync(string job, object input)
    {
        var failure = await Assert.ThrowsAsync<JobException>(() => RunAsync(job, input));
        Assert.True(failure.IsPermanent, $"A retry follows on: {failure.Message}");
        return failure.Message;
    }

    /// <summary>Executes an attempt that has to fail in a way that a retry may mend.</summary>
    public async Task<string> FailsForNowAsync(string job, object input)
    {
        var failure = await Assert.ThrowsAsync<JobException>(() => RunAsync(job, input));
        Assert.False(failure.IsPermanent, $"No retry follows on: {failure.Message}");
        return failure.Message;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async Task<bool> RecordAsync(IReadOnlyList<AttemptEvent> events)
    {
        foreach (var added in events)
        {
            if (added.Type == EventType.Log) await OnLineAsync(Read<LogLine>(added.Data));
            _events.Enqueue(added);
            if (added.Type == EventType.Progress) OnProgress();
        }

        return true;
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, FleetJson.Options)!;
}

/// <summary>A line of the timeline.</summary>
internal sealed record LogLine(string Line, string? Stream = null);
