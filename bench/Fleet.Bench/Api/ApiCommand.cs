using System.CommandLine;
using System.Globalization;
using Fleet.Bench.Processes;
using Fleet.Bench.Reporting;

namespace Fleet.Bench.Api;

/// <summary>How fast the API accepts runs over HTTP, one a request and in NDJSON batches, while a worker executes them.</summary>
internal static class ApiCommand
{
    private const int WarmUpRuns = 20_000;
    private const int BatchConnections = 4;
    private const int BatchShare = 5;

    public static Command Create()
    {
        var runs = new Option<int>("--runs")
        {
            Description = "How many runs a round sends, one a request; in batches five times as many.",
            DefaultValueFactory = _ => 50_000,
        };
        var connections = new Option<int>("--connections")
        {
            Description = "How many connections send single runs at a time.",
            DefaultValueFactory = _ => 64,
        };
        var batch = new Option<int>("--batch") { Description = "How many runs an NDJSON batch has.", DefaultValueFactory = _ => 1_000 };
        var rounds = Axes.Rounds();
        var aof = Axes.AppendOnly();
        var json = Axes.Json();
        var command = new Command("api", "POST one run at a time, and NDJSON batches, to API, worker and Redis as processes.")
        {
            runs, connections, batch, rounds, aof, json,
        };
        command.SetAction(async (parsed, _) =>
        {
            var rows = new List<ApiRow>();
            foreach (var appendOnly in parsed.GetValue(aof)!)
            {
                var count = parsed.GetValue(runs);
                rows.Add(await MeasureAsync(parsed.GetValue(connections), 1, count, parsed.GetValue(rounds), appendOnly));
                rows.Add(await MeasureAsync(BatchConnections, parsed.GetValue(batch), count * BatchShare, parsed.GetValue(rounds), appendOnly));
            }

            Report.Print(rows, Table(), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static async Task<ApiRow> MeasureAsync(int connections, int runsPerRequest, int runs, int rounds, bool appendOnly)
    {
        Report.Progress(string.Create(CultureInfo.InvariantCulture,
            $"{runs:N0} runs, {runsPerRequest} a request, over {connections} connections, append-only file {(appendOnly ? "on" : "off")} …"));
        await using var fleet = await BenchFleet.StartAsync(appendOnly);
        await fleet.StartWorkersAsync(1, new WorkerSettings());
        await using var api = await BenchApi.StartAsync(fleet.Redis, "noop");
        var round = new ApiRound(fleet, api, connections, runsPerRequest);
        var accepted = new List<RunId>();
        await round.MeasureAsync(Math.Min(runs, WarmUpRuns), appendOnly, accepted);
        var measured = new List<ApiRow>();
        for (var i = 0; i < rounds; i++) measured.Add(await round.MeasureAsync(runs, appendOnly, accepted));
        await fleet.RequireExactlyOnceAsync(accepted);
        return ApiRow.Median(measured);
    }

    private static Table<ApiRow> Table() => new Table<ApiRow>()
        .Column("runs a request", row => row.RunsPerRequest)
        .Column("connections", row => row.Connections)
        .Column("AOF", row => row.AppendOnly ? "on" : "off")
        .Column("runs", row => row.Runs)
        .Column("accepted/s", row => row.AcceptedPerSecond)
        .Column("finished/s", row => row.FinishedMeanwhilePerSecond)
        .Column("p50 ms", row => row.Request.P50, "N1")
        .Column("p99", row => row.Request.P99, "N1")
        .Column("p99.9", row => row.Request.P999, "N1")
        .Column("max", row => row.Request.Max, "N1")
        .Column("Redis CPU µs a run", row => row.RedisMicroseconds, "N1")
        .Column("API", row => row.ApiMicroseconds, "N1")
        .Column("worker", row => row.WorkerMicroseconds, "N1")
        .Column("client", row => row.ClientMicroseconds, "N1");
}
