using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Fleet.Faults.History;
using Fleet.Faults.Jobs;

namespace Fleet.Faults.Load;

/// <summary>A request for new runs as it goes over the wire: the same bytes however often it is sent.</summary>
internal sealed record Parcel(Request Request, string Path, string MediaType, byte[] Body)
{
    /// <summary>The body, for one call.</summary>
    public ByteArrayContent Content() => new(Body) { Headers = { ContentType = new MediaTypeHeaderValue(MediaType) } };
}

/// <summary>What the client asks for: decided by the seed alone.</summary>
internal sealed class Workload(Dice dice, TimeProvider time)
{
    private readonly TimeProvider _time = time;
    private const string Lines = "application/x-ndjson";
    private const string Document = "application/json";

    private static readonly (Deed Deed, double Weight)[] Deeds =
    [
        (Deed.Ok, 64), (Deed.Slow, 10), (Deed.FailOnce, 7), (Deed.Tell, 6), (Deed.Fail, 3.5), (Deed.Permanent, 3.5), (Deed.Snooze, 4),
        (Deed.Stubborn, 1.2), (Deed.Hang, 0.8),
    ];

    private static readonly string[] Queues = ["faults-a", "faults-b"];

    // Singles are what most callers send; batches make the number of runs.
    private static readonly (bool Batch, double Weight)[] Sizes = [(false, 5), (true, 1)];

    private int _requests;

    /// <summary>The next request.</summary>
    public Parcel Next()
    {
        var op = string.Create(CultureInfo.InvariantCulture, $"op-{++_requests}");
        var batch = dice.Pick(Sizes);
        var keyed = dice.Chance(0.7);
        var runs = Enumerable.Range(0, batch ? 5 + dice.Below(40) : 1).Select(index => NewRun(op, index)).ToList();
        var request = new Request(op, keyed, batch, [.. runs.Select(run => run.Step)], _time.GetUtcNow());
        if (!batch) return new Parcel(request, "v1/runs", Document, Json(runs[0].Run));
        return dice.Chance(0.5)
            ? new Parcel(request, "v1/runs/batch", Document, Json(new { runs = runs.Select(run => run.Run) }))
            : new Parcel(request, "v1/runs/batch", Lines, Encoding.UTF8.GetBytes(string.Concat(runs.Select(run => Encoding.UTF8.GetString(Json(run.Run)) + "\n"))));
    }

    private (Step Step, NewRun Run) NewRun(string op, int index)
    {
        var deed = dice.Pick(Deeds);
        // Soon enough that some expire while Redis or all workers are away, and few at other times.
        var patience = dice.Chance(0.03) ? dice.Between(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(4)) : (TimeSpan?)null;
        var step = new Step(deed, op, index, Duration(deed), Text(), patience is { } time ? Milliseconds(_time.GetUtcNow() + time) : null);
        return (step, new NewRun
        {
            Job = ScriptedJob.Name,
            Input = JsonSerializer.SerializeToElement(step, FleetJson.Options),
            Queue = dice.Pick(Queues),
            Priority = dice.Pick(Priorities.All),
            Delay = dice.Chance(0.1) ? dice.Between(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(6)) : null,
            MaxAttempts = deed is Deed.Fail or Deed.Stubborn or Deed.Hang ? 2 : 3,
            ExpiresAt = step.ExpiresAt,
            Timeout = deed is Deed.Stubborn or Deed.Hang ? TimeSpan.FromSeconds(1) : null,
        });
    }

    /// <summary>Times are sent with milliseconds, and compared with what comes back.</summary>
    private static DateTimeOffset Milliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private int Duration(Deed deed) => deed switch
    {
        Deed.Slow => 300 + dice.Below(2200),
        Deed.Tell => 200 + dice.Below(800),
        Deed.Snooze => 500 + dice.Below(2500),
        // Beyond the time it may take, some of it beyond the grace that follows.
        Deed.Stubborn => 1200 + dice.Below(1800),
        _ => dice.Below(20),
    };

    /// <summary>Mostly short; a few are too long for the queue's entry, so that the worker has to fetch the input.</summary>
    private string Text() => dice.Chance(0.02) ? new string((char)('a' + dice.Below(26)), 2000) : $"text {dice.Below(1_000_000)}";

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, FleetJson.Options);
}
