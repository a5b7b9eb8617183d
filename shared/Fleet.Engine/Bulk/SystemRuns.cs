using Fleet.Engine.Redis;

namespace Fleet.Engine.Bulk;

/// <summary>Names of Fleet's own background runs, which live in <see cref="FleetKeys.System"/> and are executed by API processes.</summary>
/// <remarks>
/// They need no slot of a worker: much is to be cancelled just when all slots are taken. And they are not among the runs they
/// deal with: who deletes all that has succeeded finds nothing left.
/// </remarks>
public static class SystemRuns
{
    /// <summary>Their queue, which the list of queues does not show.</summary>
    public const string Queue = "fleet";

    /// <summary>The job that does something to many runs.</summary>
    public const string BulkJob = Names.ReservedJobs + "bulk";
}
