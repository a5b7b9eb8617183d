using Fleet.Engine.Catalogue;
using Fleet.Engine.Runs;
using Fleet.Hangfire.Layout;
using Microsoft.Extensions.Options;

namespace Fleet.Hangfire;

/// <summary>
/// Finds in Fleet's own listings what is to be shown, where the feed does not tell: to begin with, and where listings were overfull.
/// </summary>
internal sealed class Selection(RunList list, QueueRegistry queues, IOptions<HangfireOptions> options)
{
    /// <summary>How many pages of a listing are looked at for runs that match, where few of many do.</summary>
    private const int MostPages = 5;

    /// <summary>All runs that are to be shown.</summary>
    public async Task<IReadOnlyList<RunId>> AllAsync()
    {
        var ids = new HashSet<RunId>();
        foreach (var queue in await queues.ListAsync()) ids.UnionWith(await IdsAsync(RunState.Queued, queue, options.Value.Listed));
        foreach (var state in new[] { RunState.Scheduled, RunState.Running }) ids.UnionWith(await IdsAsync(state, null, options.Value.Listed));
        foreach (var endings in RunStates.Final.GroupBy(state => Listing.Of(state, QueueName.Default)))
        {
            var runs = new List<Run>();
            foreach (var state in endings) runs.AddRange(await FindAsync(state, null, Plan.FinalsListed));
            ids.UnionWith(runs.OrderByDescending(run => run.FinishedAt).Take(Plan.FinalsListed).Select(run => run.Id));
        }

        return [.. ids];
    }

    /// <summary>Runs of a listing that is not of final runs.</summary>
    public async Task<IReadOnlyList<RunId>> OfAsync(Listing listing)
    {
        if (listing.Kind == ListingKind.Scheduled) return await IdsAsync(RunState.Scheduled, null, options.Value.Listed);
        if (listing.Kind == ListingKind.Processing) return await IdsAsync(RunState.Running, null, options.Value.Listed);
        var ids = new List<RunId>();
        foreach (var queue in (await queues.ListAsync()).Where(queue => QueueName.Of(queue) == listing.Queue))
            ids.AddRange(await IdsAsync(RunState.Queued, queue, options.Value.Listed));
        return ids;
    }

    private async Task<IReadOnlyList<RunId>> IdsAsync(RunState state, string? queue, int count) =>
        [.. (await FindAsync(state, queue, count)).Select(run => run.Id)];

    private async Task<IReadOnlyList<Run>> FindAsync(RunState state, string? queue, int count)
    {
        var runs = new List<Run>();
        RunId? before = null;
        for (var pages = 0; pages < MostPages && runs.Count < count; pages++)
        {
            var page = await list.GetAsync(new RunFilter { State = state, Queue = queue }, count - runs.Count, before);
            runs.AddRange(page.Items);
            if (page.Next is not { } next) break;
            before = RunId.Parse(next);
        }

        return runs;
    }
}
