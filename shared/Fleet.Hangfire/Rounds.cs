using Fleet.Engine;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Live;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Hangfire.Feed;
using Fleet.Hangfire.Layout;
using Fleet.Hangfire.Storage;
using Microsoft.Extensions.Options;

namespace Fleet.Hangfire;

/// <summary>The rounds in which one process, for as long as it has the lease, brings the picture up to date.</summary>
/// <remarks>
/// <para>A round, and what a process that dies in it leaves behind:</para>
/// <list type="number">
/// <item>Carries out what dashboards did. If it dies after that, the change is still in the picture, and doing it again changes nothing.</item>
/// <item>Takes what the feeds told since the last round, and counts it. If it dies, the next one reads the same again.</item>
/// <item>Decides which runs to write; where a feed was cut before it was read, finds anew which are to be shown.</item>
/// <item>Writes the runs, a batch at a time, each with a note of how it is shown. If it dies, some runs are ahead of the position, which
/// the next one sees from the notes.</item>
/// <item>Writes the listings as they are to be. If it dies, some are behind; the next one begins by writing them all.</item>
/// <item>Writes the counters and the positions, in one step.</item>
/// </list>
/// </remarks>
internal sealed class Rounds
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StrangersInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SurroundingsInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ComparisonInterval = TimeSpan.FromSeconds(30);

    private readonly PictureStore _store;
    private readonly PictureWriter _writer;
    private readonly Selection _selection;
    private readonly Buttons _buttons;
    private readonly Servers _servers;
    private readonly RecurringJobs _recurring;
    private readonly RunReader _runs;
    private readonly ScheduleStore _schedules;
    private readonly QueueRegistry _queues;
    private readonly HangfireOptions _options;
    private readonly string _owner;

    private readonly Picture _picture;
    private readonly Counters _counters;
    private readonly HashSet<int> _known;
    private readonly HashSet<RunId> _again = [];
    private readonly Dictionary<RunId, long> _seen = [];
    private readonly HashSet<Listing> _overfull = [];
    private readonly Pace _looks, _strangers, _surroundings, _comparisons, _renewals;
    private bool _isTouched = true;

    public Rounds(
        StoredPicture stored, PictureStore store, PictureWriter writer, Selection selection, Buttons buttons, Servers servers,
        RecurringJobs recurring, RunReader runs, ScheduleStore schedules, QueueRegistry queues, FeedTail tail, TimeProvider time,
        IOptions<HangfireOptions> options, IOptions<FleetOptions> fleet)
    {
        (_store, _writer, _selection, _buttons, _servers, _recurring) = (store, writer, selection, buttons, servers, recurring);
        (_runs, _schedules, _queues, _options, _owner) = (runs, schedules, queues, options.Value, fleet.Value.Prefix);
        _picture = new Picture(stored.Runs);
        _counters = Counters.Read(stored.Progress);
        var positions = Enumerable.Range(0, tail.Partitions).Select(partition => stored.Progress.GetValueOrDefault($"position:{partition}")).ToList();
        _known = [.. Enumerable.Range(0, tail.Partitions).Where(partition => positions[partition] is not null)];
        Backlog = new FeedBacklog(positions);
        // The one before may have died between its writes, and dashboards may have done what it did not see.
        _picture.ChangeAll();
        _recurring.ForgetAll();
        _overfull.UnionWith(_picture.Listings.Where(listing => !listing.IsFinal && _picture.Count(listing) >= _options.Listed));
        _looks = new Pace(time, LookInterval);
        _strangers = new Pace(time, StrangersInterval);
        _surroundings = new Pace(time, SurroundingsInterval);
        _comparisons = new Pace(time, ComparisonInterval);
        _renewals = new Pace(time, _options.Lease / 3);
    }

    /// <summary>What the feeds tell is put in here.</summary>
    public FeedBacklog Backlog { get; }

    /// <summary>Makes one round.</summary>
    /// <param name="isCalled">Whether a dashboard said that it did something.</param>
    public async Task MakeAsync(bool isCalled)
    {
        // 1. What dashboards did.
        if (_looks.IsDue(isCalled)) await CarryOutAsync(isCalled);

        // 2. What the feeds told.
        var changes = Backlog.Take();
        await CountAsync(changes);

        // 3. What is to be written.
        var (write, remove) = changes.Restarted.Count > 0 ? await SelectAsync() : Decide(changes);
        if (_comparisons.IsDue()) await CompareAsync();
        if (_surroundings.IsDue()) await LookAroundAsync();
        write.UnionWith(_again);
        remove.ExceptWith(_again);

        // 4. The runs.
        var leftOut = await _writer.RemoveRunsAsync(_picture, remove);
        leftOut = [.. leftOut, .. await _writer.WriteRunsAsync(_picture, write, _seen, _schedules.Now)];
        foreach (var (listing, ids) in Plan.Excess(_picture, _options.Listed))
        {
            if (!listing.IsFinal) _overfull.Add(listing);
            leftOut = [.. leftOut, .. await _writer.RemoveRunsAsync(_picture, ids)];
        }

        _again.Clear();
        _again.UnionWith(leftOut);
        _seen.Clear();

        // 5. The listings.
        await _writer.WriteListingsAsync(_picture);

        // 6. Counters and positions.
        if ((_isTouched || !changes.IsEmpty) && changes.Positions.All(position => position is not null))
        {
            await _writer.CommitAsync(_owner, _counters, changes.Positions, _schedules.Now);
            _known.UnionWith(changes.Restarted.Keys);
            _isTouched = false;
            _renewals.Reset();
        }
        else if (_renewals.IsDue())
        {
            await _store.WriteAsync(new Writes());
        }
    }

    private async Task CarryOutAsync(bool isCalled)
    {
        foreach (var change in await _store.ChangedRunsAsync())
        {
            if (!_picture.Runs.TryGetValue(change.Id, out var shown)) continue;
            _again.Add(change.Id);
            // Its keys are gone, by age or by accident: it is written again, or taken away.
            if (change.State is null) continue;
            await _buttons.CarryOutAsync(change, shown);
            _seen[change.Id] = change.Seen;
            // A dashboard also changes listings and counters.
            _picture.ChangeAll();
            _counters.Touch(_schedules.Now);
            _isTouched = true;
        }

        if (_strangers.IsDue(isCalled)) _recurring.Forget(await _buttons.CarryOutTriggersAsync());
        if (await _buttons.CarryOutRemovalsAsync() is { Count: > 0 } removed)
        {
            _recurring.Forget(removed);
            await _recurring.WriteAsync();
        }
    }

    private async Task CountAsync(FeedChanges changes)
    {
        foreach (var (partition, ended) in changes.Restarted)
            _counters.Restart(partition, ended, _schedules.Now, isFirst: !_known.Contains(partition));
        _counters.Count(changes);
        await LeaveAsync(changes.Returned);
        foreach (var (partition, ended) in changes.Tallies) _counters.Align(partition, ended);
    }

    /// <summary>Counts those back that had ended before they were retried.</summary>
    private async Task LeaveAsync(IReadOnlyList<FeedItem> returned)
    {
        var open = new List<FeedItem>();
        foreach (var item in returned)
        {
            if (!_picture.Runs.TryGetValue(item.Id, out var shown) || shown.Seq != item.Seq - 1) open.Add(item);
            else if (shown.State.IsFinal()) _counters.Leave(item.Id, Endings.Of(shown.State));
        }

        foreach (var chunk in open.Chunk(256))
        {
            var records = (await _runs.RecordsAsync(chunk.Select(item => item.Id).Distinct())).ToDictionary(record => record.Run.Id);
            foreach (var item in chunk)
            {
                if (!records.TryGetValue(item.Id, out var record)) continue;
                if (record.Lifecycle.LastOrDefault(cause => cause.Seq < item.Seq)?.Type is { } before && before.IsFinal())
                    _counters.Leave(item.Id, Endings.Of(before));
            }
        }
    }

    private (HashSet<RunId> Write, HashSet<RunId> Remove) Decide(FeedChanges changes)
    {
        var plan = Plan.Of(_picture, changes, _options.Listed);
        _overfull.UnionWith(plan.Overfull);
        return ([.. plan.Write], [.. plan.Remove]);
    }

    private async Task<(HashSet<RunId> Write, HashSet<RunId> Remove)> SelectAsync()
    {
        HashSet<RunId> write = [.. await _selection.AllAsync()];
        _picture.ChangeAll();
        _overfull.UnionWith(_picture.Listings.Where(listing => !listing.IsFinal));
        return (write, [.. _picture.Runs.Keys.Where(id => !write.Contains(id))]);
    }

    /// <summary>Finds what differs from what Fleet has: runs that were forgotten, above all, of which no feed tells.</summary>
    private async Task CompareAsync()
    {
        foreach (var chunk in _picture.Runs.Keys.ToList().Chunk(256))
        {
            var records = (await _runs.RecordsAsync(chunk)).ToDictionary(record => record.Run.Id, Shown.Of);
            _again.UnionWith(chunk.Where(id => !records.TryGetValue(id, out var shown) || shown != _picture.Runs[id]
                || PictureWriter.IsExpired(shown, _schedules.Now)));
        }
    }

    private async Task LookAroundAsync()
    {
        foreach (var queue in await _queues.ListAsync()) _picture.AddQueue(QueueName.Of(queue));
        await _servers.WriteAsync();
        await _recurring.WriteAsync();

        foreach (var listing in _overfull.Where(listing => _picture.Count(listing) <= _options.Listed / 2).ToList())
        {
            var ids = await _selection.OfAsync(listing);
            if (ids.Count < _options.Listed) _overfull.Remove(listing);
            _again.UnionWith(ids.Where(id => !_picture.Runs.ContainsKey(id)).Take(_options.Listed - _picture.Count(listing)));
        }
    }
}
