namespace Fleet;

/// <summary>What a watcher of a run starts from (contract: WatchRun).</summary>
/// <param name="Run">The run.</param>
/// <param name="Events">Its events after the one the watcher knew, in order; what does not fit follows live.</param>
/// <param name="Gap">Whether some of those are no longer kept, or the watcher knew more than there is.</param>
/// <param name="Watchers">How many watch the run, over all replicas, this watcher included; <c>Watchers</c> says when that changes.</param>
public sealed record RunSnapshot(Run Run, IReadOnlyList<RunEvent> Events, bool Gap, int Watchers = 1);
