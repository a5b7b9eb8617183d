using System.CommandLine;
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
                    var numbers = item.Numbers.Where(number => number <= parsed.GetValue(most)).ToArray();
                    var scenario = new QueueScenario { Runs = parsed.GetValue(runs), AppendOnly = appendOnly };
                    rows.AddRange(await MeasureAsync(item, numbers, scenario, parsed.GetValue(rounds)));
                }
            }

            Report.Print(rows, Table(), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static async Task<IReadOnlyList<ScaleRow>> MeasureAsync(ScaleCase item, int[] numbers, QueueScenario scenario, int rounds)
    {
        var measured = new List<ScaleFleet>();
        foreach (var together in item.InTurns ? [numbers] : numbers.Chunk(1))
        {
            var fleets = new List<ScaleFleet>();
            try
            {
                foreach (var number in together) fleets.Add(await ScaleFleet.StartAsync(item, number, item.Shape(scenario, number)));
                for (var round = 0; round < rounds; round++)
                {
                    foreach (var fleet in fleets) await fleet.MeasureAsync();
                }

                foreach (var fleet in fleets) await fleet.RequireExactlyOnceAsync();
                measured.AddRange(fleets);
            }
            finally
            {
                foreach (var fleet in fleets) await fleet.DisposeAsync();
            }
        }

        return [.. measured.Select(fleet => fleet.Row(measured[0]))];
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
