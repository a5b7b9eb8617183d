using System.CommandLine;
using System.Globalization;
using Fleet.Bench.Processes;
using Fleet.Bench.Queue;
using Fleet.Bench.Reporting;

namespace Fleet.Bench.Scale;

/// <summary>How the cost of a run changes with partitions, Redis processes, workers, and runs that wait or are kept.</summary>
internal static class ScaleCommand
{
    public static Command Create()
    {
        var names = ScaleCase.All.Select(item => item.Name).ToArray();
        var only = Axes.Words("--only", "What there is to be much of", names, names);
        var most = new Option<int>("--most") { Description = "Leaves out larger numbers.", DefaultValueFactory = _ => int.MaxValue };
        var runs = new Option<int>("--runs") { Description = "How many runs a round has.", DefaultValueFactory = _ => 50_000 };
        var rounds = Axes.Rounds();
        var aof = Axes.AppendOnly(isBoth: false);
        var json = Axes.Json();
        var command = new Command("scale", "The cost of a run with many partitions, workers, and runs that wait or are kept.") { only, most, runs, rounds, aof, json };
        command.SetAction(async (parsed, _) =>
        {
            var rows = new List<ScaleRow>();
            foreach (var appendOnly in parsed.GetValue(aof)!)
            {
                foreach (var item in ScaleCase.All.Where(item => parsed.GetValue(only)!.Contains(item.Name)))
                {
                    var measured = new List<ScaleRow>();
                    foreach (var number in item.Numbers.Where(number => number <= parsed.GetValue(most)))
                    {
                        var scenario = item.Shape(new QueueScenario { Runs = parsed.GetValue(runs), AppendOnly = appendOnly }, number);
                        var row = await MeasureAsync(item, number, scenario, parsed.GetValue(rounds));
                        var first = measured.FirstOrDefault() ?? row;
                        measured.Add(row with { Cost = row.Figures.RedisMicroseconds / first.Figures.RedisMicroseconds });
                    }

                    rows.AddRange(measured);
                }
            }

            Report.Print(rows, Table(), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    /// <summary>All rounds are measured in one fleet, because filling it takes far longer than they do.</summary>
    private static async Task<ScaleRow> MeasureAsync(ScaleCase item, int number, QueueScenario scenario, int rounds)
    {
        Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{item.Name}: {number:N0} …"));
        await using var fleet = await BenchFleet.StartAsync(scenario.AppendOnly, scenario.Servers, scenario.Partitions);
        await fleet.StartWorkersAsync(1, item.Crowd(number) with { Partitions = scenario.Partitions });
        var runs = new List<RunId>(await QueueRound.WarmUpAsync(fleet, scenario));
        runs.AddRange(await item.FillAsync(fleet, scenario, number));
        // The more it was filled with, the sooner Redis writes its file anew: a cost of the filling.
        await fleet.Redis.RewriteFilesAsync(ScaleCase.Longest);

        var measured = new List<QueueRow>();
        for (var round = 0; round < rounds; round++) measured.Add(await QueueRound.MeasureAsync(fleet, scenario, runs));
        await fleet.RequireExactlyOnceAsync(runs);
        var row = QueueRow.Median(measured);
        return new ScaleRow(item.Name, number, scenario.Servers, scenario.Partitions, 1, row.EachWorkerMicroseconds[0], row);
    }

    private static Table<ScaleRow> Table() => new Table<ScaleRow>()
        .Column("case", row => row.Case)
        .Column("number", row => row.Number)
        .Column("AOF", row => row.Figures.AppendOnly ? "on" : "off")
        .Column("Redis processes", row => row.Servers)
        .Column("partitions", row => row.Partitions)
        .Column("enqueued/s", row => row.Figures.EnqueuedPerSecond)
        .Column("finished/s", row => row.Figures.FinishedPerSecond)
        .Column("Redis CPU µs, enqueue", row => row.Figures.RedisEnqueueMicroseconds, "N1")
        .Column("finish", row => row.Figures.RedisFinishMicroseconds, "N1")
        .Column("sum", row => row.Figures.RedisMicroseconds, "N1")
        .Column("cost", row => row.Cost, "P0")
        .Column("worker", row => row.BusyWorkerMicroseconds, "N1")
        .Column("all workers", row => row.Figures.WorkerMicroseconds, "N1")
        .Column("client", row => row.Figures.ClientMicroseconds, "N1");
}
