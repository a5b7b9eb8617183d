using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fleet.Bench.Fanout.Cases;
using Fleet.Bench.Fanout.Servers;

namespace Fleet.Bench.Fanout;

/// <summary>How fast and at what cost changes reach very many watchers.</summary>
internal static class FanoutBench
{
    private static readonly JsonSerializerOptions Indented = new(FleetJson.Options) { WriteIndented = true };

    private static readonly string[] Names = [.. new FanoutCases(null!, default).All.Keys];

    public static Command Command()
    {
        var kase = new Option<string>("--case")
        {
            Description = $"What to measure: {string.Join(", ", Names)}, or all.",
            DefaultValueFactory = _ => "group",
        };
        kase.AcceptOnlyFromAmong([.. Names, "all"]);
        var clients = new Option<int?>("--clients") { Description = "How many clients are connected." };
        var servers = new Option<int>("--servers") { Description = "How many servers they are spread over.", DefaultValueFactory = _ => 2 };
        var rate = new Option<double?>("--rate") { Description = "Messages published a second; where the highest is sought, the first that is tried." };
        var size = new Option<int?>("--size") { Description = "Bytes of a message." };
        var slow = new Option<int?>("--slow") { Description = "How many clients do not keep up (case slow)." };
        var slowReads = new Option<long?>("--slow-reads") { Description = "Bytes a second that such a client reads." };
        var seconds = new Option<int?>("--seconds") { Description = "How long a measurement lasts." };
        var against = new Option<Contender[]>("--systems")
        {
            Description = "Whose servers: plain (SignalR, one process, no backplane), fleet, socketio.",
            DefaultValueFactory = _ => Enum.GetValues<Contender>(),
            AllowMultipleArgumentsPerToken = true,
        };
        var json = new Option<bool>("--json") { Description = "One JSON document instead of a table." };
        var command = new Command("fanout", "Publish to thousands of watchers over several servers.")
        {
            kase, clients, servers, rate, size, slow, slowReads, seconds, against, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!OperatingSystem.IsLinux())
            {
                await Console.Error.WriteLineAsync("The load calls Linux's epoll, so fanout runs on Linux alone.");
                return 2;
            }

            var options = new FanoutOptions(parsed.GetValue(clients), parsed.GetValue(servers), parsed.GetValue(rate), parsed.GetValue(size),
                parsed.GetValue(slow), parsed.GetValue(slowReads), parsed.GetValue(seconds), parsed.GetValue(against)!);
            var wanted = parsed.GetValue(kase)!;
            var rows = new List<FanoutRow>();
            foreach (var (_, measure) in new FanoutCases(options, cancellation).All.Where(entry => wanted == "all" || entry.Key == wanted))
            {
                await foreach (var row in measure())
                {
                    rows.Add(row);
                    if (!parsed.GetValue(json)) Print(row, rows.Count == 1);
                }
            }

            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(rows, Indented));
            return 0;
        });
        return command;
    }

    private static void Print(FanoutRow row, bool first)
    {
        if (first)
        {
            Console.WriteLine("case          system    clients  publ./s  deliveries/s   p50 ms    p99 ms    max ms  "
                + "CPU µs each  Redis cmds  KB a conn.  growth MB  load cores  wrong");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{row.Case,-13} {row.System,-9} {row.Clients,7:N0} {row.Rate,9:N0} {row.DeliveriesPerSecond,13:N0} {row.P50,8:N1} {row.P99,9:N1} {row.Max,9:N1} "
            + $"{row.ServerMicroseconds,12:N2} {row.RedisCommands,11:N2} {row.MemoryPerConnection / 1024,11:N1} {row.MemoryGrowth / 1e6,10:N1} {row.LoadCores,11:N2}  "
            + $"{(row.Reckoning.IsClean ? "nothing" : row.Reckoning)}"));
    }
}
