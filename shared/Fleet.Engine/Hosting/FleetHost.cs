using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.Engine.Hosting;

/// <summary>Runs a service from its Program. A failed start is one clear line on standard error and exit code 1.</summary>
public static class FleetHost
{
    /// <summary>What a failed start and a failed run exit with.</summary>
    private const int Failed = 1;

    /// <inheritdoc cref="RunAsync(string[], Func{WebApplicationBuilder, Task{WebApplication}})"/>
    public static Task<int> RunAsync(string[] args, Func<WebApplicationBuilder, WebApplication> build) =>
        RunAsync(args, builder => Task.FromResult(build(builder)));

    /// <summary>Builds an application and runs it until it is told to stop.</summary>
    /// <param name="args">The command line. <c>--health URL</c> asks a service that runs already whether it is well, and starts nothing.</param>
    /// <param name="build">Adds services, builds, maps.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Func<WebApplicationBuilder, Task<WebApplication>> build)
    {
        if (args is [HealthProbe.Option, var url]) return await HealthProbe.RunAsync(url);
        try
        {
            var start = new StartLog();
            var builder = WebApplication.CreateBuilder(args);
            AddDefaults(builder, start);
            await using var app = await build(builder);
            // Whoever is made first and reads invalid options would tell of its own only; this tells of all.
            app.Services.GetService<IStartupValidator>()?.Validate();
            app.Lifetime.ApplicationStarted.Register(start.End);
            // Those that the host runs until its end; one that failed stops the host, which must not look like success.
            var loops = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
            if (!await StartAsync(app)) return 0;
            await app.WaitForShutdownAsync();
            return loops.Exists(loop => loop.ExecuteTask is { IsFaulted: true }) ? Failed : 0;
        }
        // A tool that only builds the application ends it with HostAbortedException.
#pragma warning disable CA1031 // The last to see it: a person reads it or nobody does.
        catch (Exception e) when (e is not HostAbortedException)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(StartFailure.Describe(e));
            return Failed;
        }
    }

    /// <summary>Starts an application. What had started already when the start failed is stopped in order, as it may have taken runs.</summary>
    /// <returns>False when it was told to stop before it had started.</returns>
    private static async Task<bool> StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
            return true;
        }
        catch (Exception e)
        {
            try
            {
                await app.StopAsync();
            }
#pragma warning disable CA1031 // Why the start failed is what is told; what follows from that is not.
            catch (Exception)
#pragma warning restore CA1031
            {
            }

            if (e is OperationCanceledException && app.Lifetime.ApplicationStopping.IsCancellationRequested) return false;
            throw;
        }
    }

    /// <summary>Adds what all services have: quiet request logs, configuration as files, and no stack traces for a start that failed.</summary>
    private static void AddDefaults(WebApplicationBuilder builder, StartLog start)
    {
        // First in the list, so that every other source can say otherwise.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
            },
        });
        ConfigurationFolder.Add(builder.Configuration);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", start.Shows);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", start.Shows);
    }

    /// <summary>While the host starts, its own error logs are stack traces of what is about to be told in one line.</summary>
    private sealed class StartLog
    {
        private volatile bool _started;

        public void End() => _started = true;

        public bool Shows(LogLevel level) => level >= LogLevel.Warning && (_started || level < LogLevel.Error);
    }
}
