using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Fleet.Engine.Work;

namespace Fleet.Workers;

/// <summary>The run that a handler executes, and what the handler can tell of it. Its members may be called from any thread.</summary>
public sealed class JobContext
{
    /// <summary>How long a line of a timeline may be: what is longer belongs into the output or a file.</summary>
    private const int LongestLine = 16 * 1024;

    /// <summary>A hundred years, the longest delay that Fleet takes anywhere.</summary>
    private static readonly TimeSpan LongestSnooze = TimeSpan.FromDays(36_500);

    private readonly TakenRun _run;
    private readonly Lazy<TimelineWriter> _timeline;

    internal JobContext(TakenRun run, IServiceProvider services, Lazy<TimelineWriter> timeline)
    {
        _run = run;
        _timeline = timeline;
        Services = services;
    }

    /// <summary>The run.</summary>
    public RunId RunId => _run.Id;

    /// <summary>The job's name.</summary>
    public string Job => _run.Job;

    /// <summary>This attempt's number, from 1.</summary>
    public int Attempt => _run.Attempt;

    /// <summary>The number of the last attempt that the run may use.</summary>
    public int MaxAttempts => _run.MaxAttempts;

    /// <summary>The run's tags.</summary>
    public IReadOnlyList<string> Tags => _run.Options.Tags ?? [];

    /// <summary>What the caller attached to the run.</summary>
    public IReadOnlyDictionary<string, string> Meta => _run.Options.Meta ?? new Dictionary<string, string>();

    /// <summary>The services of this attempt's scope.</summary>
    public IServiceProvider Services { get; }

    /// <summary>Tells how far the handler is. At most twenty a second are kept: the newest counts.</summary>
    /// <param name="value">From 0 to 1; what lies outside is moved to the nearer end.</param>
    /// <param name="message">What it is at, in words.</param>
    public ValueTask ReportProgressAsync(double value, string? message = null)
    {
        var inRange = double.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1);
        _timeline.Value.Add(EventType.Progress, JsonSerializer.Serialize(new RunProgress(inRange, message), FleetJson.Options));
        return ValueTask.CompletedTask;
    }

    /// <summary>Puts a line on the run's timeline, without waiting. When Redis cannot keep up, lines beyond a bound are dropped and counted.</summary>
    /// <param name="line">The line.</param>
    /// <param name="stream">Where it came from, such as <c>stderr</c>.</param>
    public void Log(string line, string? stream = null) => _timeline.Value.TryAddLine(Data(line, stream));

    /// <summary>Puts a line on the run's timeline, waiting while Redis cannot keep up; nothing is dropped.</summary>
    /// <param name="line">The line.</param>
    /// <param name="stream">Where it came from, such as <c>stderr</c>.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public ValueTask LogAsync(string line, string? stream = null, CancellationToken cancellation = default) =>
        _timeline.Value.AddLineAsync(Data(line, stream), cancellation);

    /// <summary>Leaves the handler and puts the run off, without costing an attempt.</summary>
    /// <param name="delay">How long, by Redis's clock.</param>
    [DoesNotReturn]
    [SuppressMessage("Performance", "CA1822", Justification = "The contract says context.Snooze(delay).")]
    public void Snooze(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, LongestSnooze);
        throw new SnoozeException(delay);
    }

    private static string Data(string line, string? stream)
    {
        if (line.Length > LongestLine) line = $"{line.AsSpan(0, LongestLine)}… ({line.Length - LongestLine} more characters)";
        return JsonSerializer.Serialize(stream is null ? new { line } : (object)new { line, stream }, FleetJson.Options);
    }
}
