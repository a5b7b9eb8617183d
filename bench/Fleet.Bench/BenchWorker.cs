using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Fleet.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench;

/// <summary>A worker process with the job <c>noop</c>: what the measurements start, so that its CPU time can be told from theirs.</summary>
internal static class BenchWorker
{
    public static Command Command()
    {
        var redis = new Option<string>("--redis") { Required = true };
        var slots = new Option<int>("--slots") { DefaultValueFactory = _ => 512 };
        var command = new Command("worker", "The worker process that the other commands start.") { redis, slots };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            var builder = Host.CreateApplicationBuilder();
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Fleet:Redis"] = parsed.GetValue(redis),
                ["Fleet:Worker:Slots"] = parsed.GetValue(slots).ToString(CultureInfo.InvariantCulture),
            });
            builder.Services.AddFleetWorker(builder.Configuration).AddJob<Noop>("noop");
            await builder.Build().RunAsync(cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>Starts such a process.</summary>
    public static Process Start(string redis, int slots) => Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
    {
        ArgumentList = { typeof(BenchWorker).Assembly.Location, "worker", "--redis", redis, "--slots", slots.ToString(CultureInfo.InvariantCulture) },
    })!;

    /// <summary>Ends such a process the way Kubernetes does, and waits for it.</summary>
    public static async Task StopAsync(Process worker)
    {
        using var kill = Process.Start("kill", ["-TERM", worker.Id.ToString(CultureInfo.InvariantCulture)]);
        await worker.WaitForExitAsync();
        worker.Dispose();
    }

    private sealed class Noop : IJob<Dictionary<string, object>, Nothing>
    {
        public Task<Nothing> RunAsync(Dictionary<string, object> input, JobContext context, CancellationToken cancellation) =>
            Task.FromResult(Nothing.Instance);
    }
}
