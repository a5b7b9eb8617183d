using System.Diagnostics;
using System.Runtime.InteropServices;
using Fleet.Api;
using Fleet.Engine.Hosting;
using Fleet.Notifier;
using Fleet.Standalone.Redis;
using Fleet.Worker;
using Fleet.Workers;

namespace Fleet.Standalone;

/// <summary>All three services in one process. Redis, unless it runs elsewhere, is started before them and stopped after them.</summary>
internal static class StandaloneHost
{
    private const int WrongUsage = 2;
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(string[] args)
    {
        if (StandaloneOptions.Parse(args, out var options) is { } problem)
        {
            Say(problem);
            return WrongUsage;
        }

        DataDirectory? data = null;
        EmbeddedRedis? redis = null;
        try
        {
            return await FleetHost.RunAsync(StandaloneConfiguration.Arguments(options), async builder =>
            {
                data = DataDirectory.Take(options.Data);
                StandaloneConfiguration.Apply(builder, options);
                if (builder.Configuration["Fleet:Redis"] is null)
                {
                    redis = await EmbeddedRedis.StartAsync(data.Redis, Say, TimeProvider.System, CancellationToken.None);
                    builder.Configuration["Fleet:Redis"] = redis.ConnectionString;
                }

                return Build(builder, options, data);
            });
        }
        finally
        {
            if (redis is not null) await redis.DisposeAsync();
            data?.Dispose();
        }
    }

    private static WebApplication Build(WebApplicationBuilder builder, StandaloneOptions options, DataDirectory data)
    {
        builder.Services.AddFleetApi(builder.Configuration);
        builder.Services.AddFleetNotifier(builder.Configuration);
        builder.Services.AddFleetWorker(builder.Configuration).AddBuiltInJobs(builder.Configuration);

        var app = builder.Build();
        app.MapFleetApi();
        app.MapFleetNotifier();
        HearSignals(app);
        app.Lifetime.ApplicationStarted.Register(() => TellReady(app, options, data));
        return app;
    }

    private static void TellReady(WebApplication app, StandaloneOptions options, DataDirectory data)
    {
        // Nobody can open http://0.0.0.0 everywhere, but everybody here can open the loopback address.
        var url = app.Urls.First().Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//127.0.0.1:", StringComparison.Ordinal);
        data.Announce(url);
        if (!options.OnLoopback && !app.Configuration.GetValue<bool>("Fleet:Worker:Process:Enabled"))
        {
            Say($"Others can reach {options.Host}, so jobs may neither run commands (process) nor read any file. " +
                "--Fleet:Worker:Process:Enabled=true and --Fleet:Worker:Files:Root=/ allow both.");
        }

        var where = options.Redis is { } redis ? $"Redis at {redis}" : $"data in {Path.GetRelativePath(Environment.CurrentDirectory, options.Data)}";
        Console.WriteLine($"Fleet is ready at {url} ({where}, Ctrl-C stops)");
        if (options.Open) OpenBrowser(url);
    }

    // The host hears SIGINT and SIGTERM. A closed terminal is a wish to stop as well, and who asks twice does not want to wait.
    private static void HearSignals(WebApplication app)
    {
        var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            app.Lifetime.StopApplication();
        });
        var interrupts = 0;
        var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
        {
            if (Interlocked.Increment(ref interrupts) > 1) Environment.Exit(Interrupted);
            Say("Fleet ends once its running runs have; Ctrl-C again ends it at once.");
        });
        app.Lifetime.ApplicationStopped.Register(() =>
        {
            hangup.Dispose();
            interrupt.Dispose();
        });
    }

    private static void OpenBrowser(string url)
    {
        try
        {
            using var _ = Process.Start(new ProcessStartInfo(url) { UseShellExecute = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Say($"No browser could be opened; open {url} in one.");
        }
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
