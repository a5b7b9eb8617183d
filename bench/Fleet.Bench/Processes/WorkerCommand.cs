using System.CommandLine;
using System.Globalization;
using Fleet.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Processes;

/// <summary>The process that <see cref="BenchWorker"/> starts. As it ends, it prints how many runs it has executed.</summary>
internal static class WorkerCommand
{
    public const string Name = "worker";

    public static Command Create()
    {
        var defaults = new WorkerSettings();
        var redis = new Option<string>("--redis") { Required = true };
        var slots = new Option<int>("--slots") { DefaultValueFactory = _ => defaults.Slots };
        var partitions = new Option<int>("--partitions") { DefaultValueFactory = _ => defaults.Partitions };
        var queues = new Option<string>("--queues") { DefaultValueFactory = _ => defaults.Queues };
        var crowd = new Option<int>("--crowd") { DefaultValueFactory = _ => defaults.Crowd };
        var retention = new Option<int?>("--retention");
        var starts = new Option<string?>("--starts");
        var command = new Command(Name, "The worker process that the other commands start.") { redis, slots, partitions, queues, crowd, retention, starts };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = FleetSettings.Of(parsed.GetValue(redis)!, parsed.GetValue(partitions));
            settings["Fleet:Worker:Slots"] = parsed.GetValue(slots).ToString(CultureInfo.InvariantCulture);
            settings["Fleet:Worker:Queues"] = parsed.GetValue(queues);
            if (parsed.GetValue(retention) is { } seconds) settings["Fleet:Retention:Succeeded"] = TimeSpan.FromSeconds(seconds).ToString("c");
            await RunAsync(settings, parsed.GetValue(crowd), cancellation);
            if (parsed.GetValue(starts) is { } file) BenchJobs.WriteStarts(file);
            Console.WriteLine(BenchJobs.Executions.ToString(CultureInfo.InvariantCulture));
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(Dictionary<string, string?> settings, int crowd, CancellationToken cancellation)
    {
        var hosts = new List<IHost>();
        for (var i = 0; i < crowd; i++)
        {
            // The names that workers make up for themselves are meant for one a process: among a hundred in one, two are soon alike.
            settings["Fleet:Worker:Name"] = string.Create(CultureInfo.InvariantCulture, $"bench-{Environment.ProcessId}-{i}");
            var host = Build(settings);
            await host.StartAsync(cancellation);
            hosts.Add(host);
        }

        // Each of them hears the signal that ends the process.
        await Task.WhenAll(hosts.Select(host => host.WaitForShutdownAsync(cancellation)));
    }

    private static IHost Build(Dictionary<string, string?> settings)
    {
        // The default builder would watch the configuration's files, and a crowd has not that many watches.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddFleetWorker(builder.Configuration)
            .AddJob<BenchJobs.Noop>("noop")
            .AddJob<BenchJobs.Hold>("hold")
            .AddJob<BenchJobs.Stamp>("stamp");
        return builder.Build();
    }
}
