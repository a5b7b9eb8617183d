using System.Diagnostics;
using Fleet.Bench.Fanout.Load;
using Fleet.Bench.Reporting;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fleet.Bench.Fanout.Cases;

/// <summary>Runs that are under way, and the worker that writes log lines to their timelines, one after another.</summary>
internal sealed class RunPublisher : IDisposable
{
    private const string Worker = "bench";
    private const int BatchRuns = 128;
    private const int TimesKept = 1024;
    private const int CallsAtATime = 32;

    /// <summary>What an event has on the wire besides its line.</summary>
    private const int Frame = 160;

    private readonly WorkQueue _queue;
    private readonly TakenRun[] _runs;
    private readonly long[] _published;
    private readonly SendTimes[] _times;
    private readonly AttemptEvent[] _line;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly SemaphoreSlim _room = new(CallsAtATime);
    private long _refused;
    private int _next;

    private RunPublisher(WorkQueue queue, TakenRun[] runs, int size)
    {
        _queue = queue;
        _runs = runs;
        _published = new long[runs.Length];
        _times = [.. runs.Select(_ => new SendTimes(TimesKept))];
        _line = [new AttemptEvent(EventType.Log, $"{{\"line\":\"{new string('x', Math.Max(size - Frame, 1))}\"}}")];
    }

    /// <summary>How many events were not added.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>A run's id.</summary>
    public string Id(int run) => _runs[run].Id.ToString();

    /// <summary>When a run's events were published.</summary>
    public SendTimes Times(int run) => _times[run];

    /// <summary>The newest event of a run.</summary>
    public long Published(int run) => Volatile.Read(ref _published[run]);

    /// <summary>Makes so many runs and starts them.</summary>
    public static async Task<RunPublisher> StartAsync(IHost engine, int runs, int size)
    {
        var store = engine.Services.GetRequiredService<RunStore>();
        var queue = engine.Services.GetRequiredService<WorkQueue>();
        var line = new WaitingLine(engine.Services.GetRequiredService<FleetKeys>().Partitions[0], "default", Priority.Normal);
        await store.EnqueueAsync([.. Enumerable.Range(0, runs).Select(_ => new RunSpec { Job = "bench", Input = "{}"u8.ToArray() })]);

        var taken = new List<TakenRun>();
        while (taken.Count < runs)
        {
            var batch = await queue.TakeAsync([line], Worker, Math.Min(runs - taken.Count, BatchRuns));
            await queue.StartAsync(Worker, [.. batch.Select(run => (run, Stopwatch.GetTimestamp()))]);
            taken.AddRange(batch);
        }

        return new RunPublisher(queue, [.. taken], size);
    }

    /// <summary>Says where a run's timeline stands that somebody watches now.</summary>
    public void Begin(int run, long newest) => _published[run] = newest;

    /// <summary>Publishes for a while, one event of each run after another, and waits for Redis's answers.</summary>
    /// <returns>How many.</returns>
    public async Task<long> RunAsync(double rate, TimeSpan lasts, CancellationToken cancellation)
    {
        var published = await Pacer.RunAsync(rate, lasts, Publish, cancellation);
        for (var i = 0; i < CallsAtATime; i++) await _room.WaitAsync(CancellationToken.None);
        _room.Release(CallsAtATime);
        return published;
    }

    public void Dispose() => _room.Dispose();

    private bool Publish(int count, long asOf)
    {
        var waited = false;
        while (count > 0)
        {
            // A run stands in a batch once.
            var batch = new AttemptEvents[Math.Min(Math.Min(count, BatchRuns), _runs.Length)];
            for (var i = 0; i < batch.Length; i++)
            {
                var run = _next;
                _next = (_next + 1) % _runs.Length;
                _times[run][++_published[run]] = asOf;
                batch[i] = new AttemptEvents(_runs[run], _startedAt, _line);
            }

            if (!_room.Wait(0))
            {
                _room.Wait();
                waited = true;
            }

            _ = AppendAsync(batch);
            count -= batch.Length;
        }

        return waited;
    }

    private async Task AppendAsync(AttemptEvents[] batch)
    {
        try
        {
            Interlocked.Add(ref _refused, (await _queue.AppendAsync(Worker, batch)).Count(added => !added));
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            Interlocked.Add(ref _refused, batch.Length);
            Report.Progress($"  {e.Message}");
        }
        finally
        {
            _room.Release();
        }
    }
}
