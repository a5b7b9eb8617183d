using System.CommandLine;
using Fleet.Bench.Fanout.Cases;
using Fleet.Bench.Fanout.Servers;
using Fleet.Bench.Reporting;

namespace Fleet.Bench.Fanout;

/// <summary>How fast and at what cost changes reach very many watchers.</summary>
internal static class FanoutCommand
{
    private static readonly string[] Systems = [.. Enum.GetNames<Contender>().Select(name => name.ToLowerInvariant())];

    public static Command Create()
    {
        var cases = Axes.Words("--case", "What to measure.", FanoutCases.Names, "group");
        var clients = new Option<int?>("--clients") { Description = "How many clients are connected." };
        var servers = new Option<int>("--servers") { Description = "How many servers they are spread over.", DefaultValueFactory = _ => 2 };
        var rate = new Option<double?>("--rate") { Description = "Messages published a second; where the highest is sought, the first that is tried." };
        var size = new Option<int?>("--size") { Description = "Bytes of a message." };
        var slow = new Option<int?>("--slow") { Description = "How many clients do not keep up (case slow)." };
        var slowReads = new Option<long?>("--slow-reads") { Description = "Bytes a second that such a client reads." };
        var seconds = new Option<int?>("--seconds") { Description = "How long a measurement lasts." };
        var systems = Axes.Words("--systems", "Whose servers; plain is SignalR in one process without a backplane.", Systems, Systems);
        var json = Axes.Json();
        var command = new Command("fanout", "Publish to thousands of watchers over several servers.")
        {
            cases, clients, servers, rate, size, slow, slowReads, seconds, systems, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!OperatingSystem.IsLinux()) throw new MeasurementException("The load calls Linux's epoll, so fanout runs on Linux alone.");

            var options = new FanoutOptions(parsed.GetValue(clients), parsed.GetValue(servers), parsed.GetValue(rate), parsed.GetValue(size),
                parsed.GetValue(slow), parsed.GetValue(slowReads), parsed.GetValue(seconds),
                [.. parsed.GetValue(systems)!.Select(name => Enum.Parse<Contender>(name, ignoreCase: true))]);
            var rows = new List<FanoutRow>();
            foreach (var name in parsed.GetValue(cases)!)
            {
                await foreach (var row in new FanoutCases(options, cancellation).MeasureAsync(name)) rows.Add(row);
            }

            Report.Print(rows, Table(), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static Table<FanoutRow> Table() => new Table<FanoutRow>()
        .Column("case", row => row.Case)
        .Column("system", row => row.System.ToString())
        .Column("clients", row => row.Clients)
        .Column("published/s", row => row.Rate)
        .Column("deliveries/s", row => row.DeliveriesPerSecond)
        .Column("p50 ms", row => row.P50, "N1")
        .Column("p99 ms", row => row.P99, "N1")
        .Column("max ms", row => row.Max, "N1")
        .Column("server CPU µs a delivery", row => row.ServerMicroseconds, "N2")
        .Column("Redis commands each", row => row.RedisCommands, "N2")
        .Column("KB a connection", row => row.MemoryPerConnection / 1024 ?? 0, "N1")
        .Column("growth MB", row => row.MemoryGrowth / 1e6, "N1")
        .Column("live MB", row => row.HeapGrowth / 1e6 ?? 0, "N1")
        .Column("load's cores", row => row.LoadCores ?? 0, "N2")
        .Column("wrong", row => row.Reckoning.ToString());
}
