using Fleet.Engine.Hosting;
using Fleet.Worker.Files;
using Fleet.Worker.Http;
using Fleet.Worker.Jobs;
using Fleet.Worker.Processes;
using Fleet.Workers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Fleet.Worker;

/// <summary>The jobs that come with Fleet.</summary>
public static class BuiltInJobs
{
    /// <summary>
    /// Adds <c>noop</c>, <c>sleep</c>, <c>fail</c>, <c>text.stats</c>, <c>http</c> unless <c>Fleet:Worker:Http:Enabled</c> is false, and
    /// <c>process</c> if <c>Fleet:Worker:Process:Enabled</c> is true.
    /// </summary>
    public static FleetWorkerBuilder AddBuiltInJobs(this FleetWorkerBuilder worker, IConfiguration configuration)
    {
        worker.Services.TryAddSingleton(TimeProvider.System);
        worker.AddJob<Noop>(Noop.Name, job => job.Description(Noop.Description));
        worker.AddJob<Sleep>(Sleep.Name, job => job.Description(Sleep.Description));
        worker.AddJob<Fail>(Fail.Name, job => job.Description(Fail.Description));
        return worker.AddTextStats(configuration).AddHttp(configuration).AddProcess(configuration);
    }

    private static FleetWorkerBuilder AddTextStats(this FleetWorkerBuilder worker, IConfiguration configuration)
    {
        worker.Services.AddFleetOptions<FilesOptions>(configuration, FilesOptions.Section)
            .Validate(files => Directory.Exists(files.Root), $"{FilesOptions.Section}:Root is not a directory of this machine.");
        worker.Services.AddSingleton<ReadableFiles>();
        return worker.AddJob<TextStats>(TextStats.Name, job => job.Description(TextStats.Description));
    }

    private static FleetWorkerBuilder AddHttp(this FleetWorkerBuilder worker, IConfiguration configuration)
    {
        worker.Services.AddFleetOptions<HttpOptions>(configuration, HttpOptions.Section);
        if (!IsEnabled(configuration, HttpOptions.Section, new HttpOptions().Enabled)) return worker;
        worker.Services.AddSingleton<HttpSender>();
        return worker.AddJob<SendHttp>(SendHttp.Name, job => job.Description(SendHttp.Description));
    }

    private static FleetWorkerBuilder AddProcess(this FleetWorkerBuilder worker, IConfiguration configuration)
    {
        worker.Services.AddFleetOptions<ProcessOptions>(configuration, ProcessOptions.Section)
            .Validate(
                process => !process.Enabled || Executables.Setsid is not null,
                $"{ProcessOptions.Section}:Enabled needs the program setsid (of util-linux) in the PATH, to end all that a command started.")
            .Validate(
                process => process.WorkDirectory.Length == 0 || Directory.Exists(process.WorkDirectory),
                $"{ProcessOptions.Section}:WorkDirectory is not a directory of this machine.")
            .Validate<IOptions<WorkerOptions>>(
                (process, options) => !process.Enabled || process.KillAfter < options.Value.CancelGrace,
                $"{ProcessOptions.Section}:KillAfter must be shorter than {WorkerOptions.Section}:CancelGrace, or a cancelled command outlives its attempt.");
        if (!IsEnabled(configuration, ProcessOptions.Section, new ProcessOptions().Enabled)) return worker;
        worker.Services.AddSingleton<RunningTrees>();
        // A command that failed half-way is not repeated unless the caller says that it may be.
        return worker.AddJob<RunProcess>(RunProcess.Name, job => job.Description(RunProcess.Description).Attempts(1));
    }

    // What is neither true nor false is refused with all other faults when the options are validated.
    private static bool IsEnabled(IConfiguration configuration, string section, bool otherwise) =>
        bool.TryParse(configuration[$"{section}:Enabled"], out var enabled) ? enabled : otherwise;
}
