using System.Runtime.InteropServices;
using Fleet.Faults;
using Fleet.Faults.Checking;
using Fleet.Faults.History;
using Fleet.Faults.Jobs;
using Fleet.Faults.Processes;

// The suite's worker is this program too.
if (args is [WorkerProgram.Command, var effects, .. var settings]) return await WorkerProgram.RunAsync(effects, settings);

const string Check = "check";
if (args is [Check, var kept]) return Sum(Report.Write(HistoryFolder.Read(kept), Console.Out));
if (SuiteOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(SuiteOptions.Usage);
    return 2;
}

// A suite that is told to end takes its processes with it; one that is killed leaves that to its guardian.
using var stop = new CancellationTokenSource();
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

var folder = Path.Combine(FleetOfProcesses.Repository, "TestResults", "faults", Suite.NewMark(options.Seed));
Console.WriteLine($"Fault suite: seed {options.Seed}, {options.Time.TotalMinutes:0.#} minutes. The same again: ./fleet test --faults --seed {options.Seed} --minutes {options.Time.TotalMinutes:0.#}");
try
{
    await new Suite(options, TimeProvider.System).RunAsync(folder, stop.Token);
}
#pragma warning disable CA1031 // Whatever went wrong with the suite itself, the last line says that it failed.
catch (Exception e)
#pragma warning restore CA1031
{
    Console.WriteLine(stop.IsCancellationRequested ? "The suite was told to stop." : $"The suite broke off: {e}");
    Console.WriteLine($"What there is of the history, and what the processes wrote, is in {folder}");
    return Sum((0, 1));
}

var result = Report.Write(HistoryFolder.Read(folder), Console.Out);
if (result.Broken == 0 && !options.Keep)
{
    Directory.Delete(folder, recursive: true);
}
else
{
    Console.WriteLine($"Seed {options.Seed}. The whole history is in {folder}");
    Console.WriteLine($"It can be held against the promises again: dotnet {typeof(Suite).Assembly.Location} {Check} {folder}");
}

return Sum(result);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static int Sum((int Kept, int Broken) result)
{
    Console.WriteLine($"{result.Kept} passed, {result.Broken} failed");
    return result.Broken == 0 ? 0 : 1;
}
