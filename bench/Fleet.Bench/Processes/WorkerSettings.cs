using System.Globalization;

namespace Fleet.Bench.Processes;

/// <summary>What a worker process is told.</summary>
internal sealed record WorkerSettings
{
    public int Slots { get; init; } = 512;

    public int Partitions { get; init; } = 1;

    public string Queues { get; init; } = "*";

    /// <summary>How many workers the process is, each with connections of its own.</summary>
    public int Crowd { get; init; } = 1;

    /// <summary>How long succeeded runs are kept; null for the default.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>A file to write the lateness of handlers to, as the process ends.</summary>
    public string? Starts { get; init; }

    public IEnumerable<string> Arguments()
    {
        yield return $"--slots={Text(Slots)}";
        yield return $"--partitions={Text(Partitions)}";
        yield return $"--queues={Queues}";
        yield return $"--crowd={Text(Crowd)}";
        if (Retention is { } retention) yield return $"--retention={Text((int)retention.TotalSeconds)}";
        if (Starts is { } file) yield return $"--starts={file}";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
