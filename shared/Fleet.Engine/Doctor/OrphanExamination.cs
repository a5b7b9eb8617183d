using Fleet.Engine.Explain;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using StackExchange.Redis;

namespace Fleet.Engine.Doctor;

/// <summary>Whether there are runs that wait or run by their record and are in no line: a Redis that lost a part of its data leaves such behind.</summary>
internal sealed class OrphanExamination(RedisConnection redis, FleetKeys keys, RunReader runs)
{
    /// <summary>How many of each partition's oldest runs that are not final are looked at; an orphan becomes one of them in time.</summary>
    private const int Oldest = 200;

    public async Task<IReadOnlyList<Finding>> ExamineAsync()
    {
        var orphans = new List<RunId>();
        var looked = 0;
        foreach (var partition in keys.Partitions)
        {
            var ids = (await redis.Database.SortedSetRangeByRankAsync(partition.Active, 0, Oldest - 1)).Select(id => RunId.Parse(id.ToString())).ToList();
            looked += ids.Count;
            var suspects = await FindAsync(partition, ids);
            // A run may have moved between the two looks at it; one that is where it was, and still in no line, has not.
            if (suspects.Count > 0) orphans.AddRange((await FindAsync(partition, [.. suspects.Keys])).Where(again => suspects[again.Key] == again.Value).Select(again => again.Key));
        }

        if (orphans.Count == 0) return [new Finding("orphans", FindingLevel.Fine, $"None of the oldest {Words.Runs(looked)} that are not final is lost.")];
        return
        [
            new Finding("orphans", FindingLevel.Problem,
                $"Of the oldest {Words.Runs(looked)} that are not final, {orphans.Count} {(orphans.Count == 1 ? "is" : "are")} in no line, so nobody will take {(orphans.Count == 1 ? "it" : "them")}: {Words.Names(orphans.Select(id => id.ToString()))}.",
                "Redis has lost a part of its data. Fork them to have the work done (POST /v1/runs/ID/fork), and cancel them."),
        ];
    }

    /// <summary>Those of the runs that are in no line, each with its newest event's number.</summary>
    private async Task<Dictionary<RunId, long>> FindAsync(PartitionKeys partition, IReadOnlyList<RunId> ids)
    {
        var records = await runs.RecordsAsync(ids);
        var found = await Task.WhenAll(records.Where(record => !record.Run.State.IsFinal()).Select(async record => (record.Run, IsThere: await IsThereAsync(partition, record))));
        return found.Where(each => !each.IsThere).ToDictionary(each => each.Run.Id, each => each.Run.Seq);
    }

    private async Task<bool> IsThereAsync(PartitionKeys partition, RunRecord record) => record.Run.State == RunState.Scheduled
        ? await redis.Database.SortedSetScoreAsync(partition.Due, record.Run.Id.ToString()) is not null
        : record.Entry.Length > 0
            && (await redis.Database.StreamRangeAsync(partition.Stream(record.Run.Queue, record.Run.Priority), record.Entry, record.Entry, 1)).Length > 0;
}
