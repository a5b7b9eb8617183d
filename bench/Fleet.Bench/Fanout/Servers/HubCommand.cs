using System.CommandLine;
using System.Globalization;
using Fleet.SignalR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Fanout.Servers;

/// <summary>A server process with a <see cref="GroupHub"/>, with Fleet's backplane or without any: what the measurements start.</summary>
internal static class HubCommand
{
    /// <summary>Where its hub is.</summary>
    public const string Path = "/hub";

    private const string Name = "hub";

    public static Command Create()
    {
        var port = new Option<int>("--port") { Required = true };
        var redis = new Option<string?>("--redis");
        var command = new Command(Name, "The server process that fanout starts.") { port, redis };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{parsed.GetValue(port)}"));
            var signalR = builder.Services.AddSignalR();
            if (parsed.GetValue(redis) is { } address) signalR.AddFleetBackplane(address);
            await using var app = builder.Build();
            app.MapGet("/livez", () => "ok");
            // What is alive, after a full collection: what a process occupies says more about the collector's mood.
            app.MapGet("/memory", () => GC.GetTotalMemory(forceFullCollection: true).ToString(CultureInfo.InvariantCulture));
            app.MapHub<GroupHub>(Path);
            await app.StartAsync(cancellation);
            await app.WaitForShutdownAsync(cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>The arguments that start one.</summary>
    public static IEnumerable<string> Arguments(int port, string? redis) =>
        [Name, "--port", port.ToString(CultureInfo.InvariantCulture), .. redis is null ? Array.Empty<string>() : ["--redis", redis]];
}
