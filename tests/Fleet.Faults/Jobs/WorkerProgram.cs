using Fleet.Engine.Hosting;
using Fleet.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Fleet.Faults.Jobs;

/// <summary>The worker of the suite: Fleet's own, with the scripted job.</summary>
internal static class WorkerProgram
{
    /// <summary>The first argument of the program that makes it a worker.</summary>
    public const string Command = "worker";

    /// <summary>The second: the file to record effects in.</summary>
    public static Task<int> RunAsync(string effects, string[] args) => FleetHost.RunAsync(args, builder =>
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(provider => new EffectLog(
            effects, provider.GetRequiredService<IOptions<WorkerOptions>>().Value.Name, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddFleetWorker(builder.Configuration).AddJob<ScriptedJob>(ScriptedJob.Name, job => job
            .Description("Does what its input says.")
            .Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2)));
        builder.Services.AddFleetHealth();
        var app = builder.Build();
        app.MapFleetHealth();
        return app;
    });
}
