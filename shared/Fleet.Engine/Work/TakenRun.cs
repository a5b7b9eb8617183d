using System.Text.Json;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using StackExchange.Redis;

namespace Fleet.Engine.Work;

/// <summary>One of a queue's four lines in one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Priority">The line.</param>
public sealed record WaitingLine(PartitionKeys Partition, string Queue, Priority Priority)
{
    /// <summary>The line's stream.</summary>
    public RedisKey Stream { get; } = Partition.Stream(Queue, Priority);
}

/// <summary>A run that this worker holds, with all it needs to execute it.</summary>
public sealed class TakenRun
{
    private readonly string _options;
    private RunOptions? _parsed;

    internal TakenRun(WaitingLine line, string entry, RunId id, int attempt, RunHead head, string options, ReadOnlyMemory<byte> input)
    {
        Line = line;
        Entry = entry;
        Id = id;
        Job = head.Job;
        Attempt = attempt;
        MaxAttempts = head.MaxAttempts;
        Spent = head.Spent;
        Input = input;
        _options = options;
    }

    /// <summary>The run.</summary>
    public RunId Id { get; }

    /// <summary>The line it came from.</summary>
    public WaitingLine Line { get; }

    /// <summary>Its entry in the line's stream: the token that says that this attempt is the current one.</summary>
    public string Entry { get; }

    /// <summary>The job's name.</summary>
    public string Job { get; }

    /// <summary>This attempt's number, from 1.</summary>
    public int Attempt { get; }

    /// <summary>The number of the last attempt it may use.</summary>
    public int MaxAttempts { get; }

    /// <summary>How many attempts belong to its lives before the newest explicit retry.</summary>
    public int Spent { get; }

    /// <summary>The input as UTF-8 JSON; empty when it is long and has to be fetched (<see cref="WorkQueue.FetchInputAsync"/>).</summary>
    public ReadOnlyMemory<byte> Input { get; }

    /// <summary>What few runs have.</summary>
    public RunOptions Options => _parsed ??= RunOptions.Read(_options);

    /// <summary>For how long it is to be kept, as finish.lua wants it.</summary>
    internal string Keep => _options.Length > 0 && Options.Keep is { } keep ? keep.Replace(' ', ',') : "-";

    /// <summary>The part of its feed item that never changes, as feed.lua wants it. Names hold nothing that JSON would escape.</summary>
    internal string Label =>
        _options.Length > 0 && Options.Tags is { Count: > 0 } tags
            ? $"\"{Job}\",\"{Line.Queue}\",{(int)Line.Priority},{JsonSerializer.Serialize(tags, FleetJson.Options)}"
            : $"\"{Job}\",\"{Line.Queue}\",{(int)Line.Priority}";
}
