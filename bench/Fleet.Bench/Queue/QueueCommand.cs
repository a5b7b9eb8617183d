using System.CommandLine;
using Fleet.Bench.Peers;
using Fleet.Bench.Reporting;

namespace Fleet.Bench.Queue;

/// <summary>How fast runs are accepted through the engine and finished by worker processes, and what that costs.</summary>
internal static class QueueCommand
{
    public static Command Create()
    {
        var runs = new Option<int?>("--runs") { Description = "How many runs a round has (100,000; against a peer that is slow, fewer)." };
        var rounds = Axes.Rounds();
        var slots = new Option<int>("--slots") { Description = "Slots of each worker.", DefaultValueFactory = _ => 512 };
        var workers = Axes.Numbers("--workers", "Worker processes, such as 1,2,4.", 1);
        var payload = Axes.Numbers("--payload", "Bytes of each input, such as 30,1024,51200.", 30);
        var queues = Axes.Numbers("--queues", "Over how many queues the runs are spread, such as 1,8.", 1);
        var aof = Axes.AppendOnly();
        var noAof = new Option<bool>("--no-aof") { Description = "The same as --aof off." };
        var against = Axes.Words("--against", "The same work on other systems, too", [.. Peer.All.Select(peer => peer.Name)]);
        var json = Axes.Json();
        var command = new Command("queue", "Enqueues through the engine, finishes with worker processes. Without --workers, --payload, --queues and --against: an overview.")
        {
            runs, rounds, slots, workers, payload, queues, aof, noAof, against, json,
        };
        command.SetAction(async (parsed, _) =>
        {
            var peers = Peer.All.Where(peer => parsed.GetValue(against)!.Contains(peer.Name)).ToList();
            var basis = new QueueScenario
            {
                Runs = parsed.GetValue(runs) ?? peers.Select(peer => peer.MostRuns).Append(100_000).Min(),
                Slots = parsed.GetValue(slots),
            };
            IReadOnlyList<bool> appendOnly = parsed.GetValue(noAof) ? [false] : parsed.GetValue(aof)!;
            var isOverview = peers.Count == 0 && parsed.GetResult(workers)?.Implicit != false && parsed.GetResult(payload)?.Implicit != false
                && parsed.GetResult(queues)?.Implicit != false;
            var scenarios = isOverview
                ? QueueScenario.Overview(basis, appendOnly)
                : QueueScenario.Combinations(basis, parsed.GetValue(payload)!, parsed.GetValue(workers)!, parsed.GetValue(queues)!, appendOnly);

            foreach (var peer in peers) await peer.InstallAsync();
            var (rows, ratios) = await MeasureAsync(scenarios, peers, parsed.GetValue(rounds));
            Show(rows, ratios, parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static async Task<(IReadOnlyList<QueueRow> Rows, IReadOnlyList<Ratio> Ratios)> MeasureAsync(
        IReadOnlyList<QueueScenario> scenarios, IReadOnlyList<Peer> peers, int rounds)
    {
        var rows = new List<QueueRow>();
        var ratios = new List<Ratio>();
        // The first round warms up what can be warmed on the machine and in this process, and is not counted.
        await QueueRound.MeasureAsync((scenarios[0] with { Runs = Math.Min(scenarios[0].Runs, 20_000) }).Fitting());
        foreach (var scenario in scenarios)
        {
            Report.Progress($"{scenario.Runs} runs of {scenario.Payload} bytes, {scenario.Workers} workers, {scenario.Queues} queues, " +
                $"append-only file {(scenario.AppendOnly ? "on" : "off")} …");
            var tuned = new List<(Peer Peer, int Concurrency)>();
            foreach (var peer in peers) tuned.Add((peer, await PeerRound.TuneAsync(peer, scenario)));

            var measured = new List<QueueRow>();
            var theirs = tuned.ToDictionary(item => item.Peer, _ => new List<QueueRow>());
            // Taking turns, so that a busy moment of the machine does not meet one system alone.
            for (var round = 0; round < rounds; round++)
            {
                measured.Add(await QueueRound.MeasureAsync(scenario));
                foreach (var (peer, concurrency) in tuned) theirs[peer].Add(await PeerRound.MeasureAsync(peer, scenario, concurrency));
            }

            var row = QueueRow.Median(measured);
            rows.Add(row);
            foreach (var (peer, _) in tuned)
            {
                rows.Add(QueueRow.Median(theirs[peer]));
                ratios.Add(Ratio.Of(row, rows[^1]));
            }
        }

        return (rows, ratios);
    }

    private static void Show(IReadOnlyList<QueueRow> rows, IReadOnlyList<Ratio> ratios, bool json)
    {
        Report.Print(new QueueReport(rows, ratios), rows, Table(), json);
        if (json) return;

        Console.WriteLine("Times are CPU µs a run; memory is bytes a run.");
        if (ratios.Count == 0) return;
        Console.WriteLine();
        Report.Print(ratios, RatioTable(), json: false);
    }

    private static Table<QueueRow> Table() => new Table<QueueRow>()
        .Column("system", row => row.System)
        .Column("AOF", row => row.AppendOnly ? "on" : "off")
        .Column("payload", row => row.Payload)
        .Column("workers", row => row.Workers)
        .Column("slots", row => row.Slots)
        .Column("queues", row => row.Queues)
        .Column("runs", row => row.Runs)
        .Column("enqueued/s", row => row.EnqueuedPerSecond)
        .Column("singly/s", row => row.SingleEnqueuedPerSecond)
        .Column("finished/s", row => row.FinishedPerSecond)
        .Column("Redis enqueue", row => row.RedisEnqueueMicroseconds, "N1")
        .Column("singly", row => row.RedisSingleEnqueueMicroseconds, "N1")
        .Column("Redis finish", row => row.RedisFinishMicroseconds, "N1")
        .Column("Redis sum", row => row.RedisMicroseconds, "N1")
        .Column("workers", row => row.WorkerMicroseconds, "N1")
        .Column("client", row => row.ClientMicroseconds, "N1")
        .Column("singly", row => row.SingleClientMicroseconds, "N1")
        .Column("waiting", row => row.WaitingBytes)
        .Column("finished", row => row.FinishedBytes);

    private static Table<Ratio> RatioTable() => new Table<Ratio>()
        .Column("fleet against", ratio => ratio.Peer)
        .Column("AOF", ratio => ratio.AppendOnly ? "on" : "off")
        .Column("enqueued/s", ratio => ratio.Enqueued, "N1")
        .Column("finished/s", ratio => ratio.Finished, "N1")
        .Column("less Redis CPU", ratio => ratio.RedisCpu, "N1")
        .Column("less worker CPU", ratio => ratio.WorkerCpu, "N1");
}
