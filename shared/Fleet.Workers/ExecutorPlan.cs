using Fleet.Engine;
using Fleet.Engine.Redis;

namespace Fleet.Workers;

/// <summary>What a <see cref="RunExecutor"/> executes, and how.</summary>
internal sealed record ExecutorPlan
{
    /// <summary>The name under which it holds runs, unique in the fleet.</summary>
    public required string Name { get; init; }

    /// <summary>The partitions whose runs it takes.</summary>
    public required IReadOnlyList<PartitionKeys> Partitions { get; init; }

    /// <summary>The lines it takes them from.</summary>
    public required IServedLines Lines { get; init; }

    /// <summary>The jobs it knows, by name.</summary>
    public required IReadOnlyDictionary<string, JobDefinition> Jobs { get; init; }

    /// <summary>How many runs it executes at a time.</summary>
    public required int Slots { get; init; }

    /// <summary>How long running handlers get to end when it stops.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>How long a handler gets to end after its run was cancelled.</summary>
    public required TimeSpan CancelGrace { get; init; }

    /// <summary>How long runs of a lower priority may be overtaken.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Puts jobs in the order of their names.</summary>
    /// <exception cref="FleetException">Two have the same name.</exception>
    public static IReadOnlyDictionary<string, JobDefinition> ByName(IEnumerable<JobDefinition> jobs)
    {
        var byName = new SortedDictionary<string, JobDefinition>(StringComparer.Ordinal);
        foreach (var job in jobs)
        {
            if (!byName.TryAdd(job.Info.Name, job)) throw new FleetException($"The job '{job.Info.Name}' is added twice; a name stands for one job.");
        }

        return byName;
    }
}
