using System.Globalization;
using Fleet.Bench.Measuring;
using Fleet.Bench.Processes;
using Fleet.Bench.Queue;
using Fleet.Bench.Reporting;

namespace Fleet.Bench.Memory;

/// <summary>Very many runs, kept for a few seconds each: Redis's memory must follow what is kept and not what has passed.</summary>
internal static class Growth
{
    private const int Batch = 10_000;
    private const int Samples = 10;

    /// <summary>The shortest there is.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static async Task<IReadOnlyList<GrowthRow>> MeasureAsync(int runs)
    {
        Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{runs:N0} runs, each kept for {Retention.TotalSeconds} s …"));
        await using var fleet = await BenchFleet.StartAsync(appendOnly: true);
        await fleet.StartWorkersAsync(1, new WorkerSettings { Retention = Retention });
        var spec = QueueRound.SpecOf(new QueueScenario { Runs = runs });
        var empty = await fleet.Redis.MemoryAsync();
        var active = fleet.Keys.Partitions[0].Active;
        var rows = new List<GrowthRow>();
        var meter = await CpuMeter.StartAsync(fleet.Redis, fleet.Workers);
        for (var passed = 0; passed < runs;)
        {
            var sample = Math.Max(runs / Samples, Batch);
            for (var sent = 0; sent < sample; sent += Batch)
            {
                await fleet.EnqueueAsync(Batch, spec);
                // No faster than they are executed, so that what is measured is what is kept.
                await BenchFleet.UntilAsync(async () => await fleet.Redis.Database.SortedSetLengthAsync(active) <= Batch, Longest);
            }

            passed += sample;
            rows.Add(await RowAsync(passed));
        }

        // Everything has been kept for long enough some time after the last has ended.
        await BenchFleet.UntilAsync(async () => await fleet.Redis.Database.SortedSetLengthAsync(active) + await fleet.SucceededAsync() == 0, Longest);
        rows.Add(await RowAsync(rows[^1].Passed));
        var executions = await fleet.StopWorkersAsync();
        if (executions != rows[^1].Passed) throw new MeasurementException($"{rows[^1].Passed} runs were executed {executions} times.");
        return rows;

        async Task<GrowthRow> RowAsync(int passed)
        {
            var spent = await meter.StopAsync();
            return new GrowthRow(passed, spent.Elapsed.TotalSeconds, await fleet.SucceededAsync(), await fleet.Redis.MemoryAsync() - empty,
                Spent.Each(spent.Redis, passed), Spent.Each(spent.AllOthers, passed), Spent.Each(spent.Self, passed));
        }
    }

    public static Table<GrowthRow> Table() => new Table<GrowthRow>()
        .Column("runs passed", row => row.Passed)
        .Column("after s", row => row.Seconds, "N1")
        .Column("kept", row => row.Kept)
        .Column("bytes more than at first", row => row.Bytes)
        .Column("Redis CPU µs a run", row => row.RedisMicroseconds, "N1")
        .Column("worker", row => row.WorkerMicroseconds, "N1")
        .Column("client", row => row.ClientMicroseconds, "N1");
}
