using System.Globalization;
using System.Security.Cryptography;
using Fleet.Faults.Faults;
using Fleet.Faults.History;
using Fleet.Faults.Load;
using Fleet.Faults.Processes;

namespace Fleet.Faults;

/// <summary>Makes a history: starts everything, asks for runs while faults come down, waits until all is over, and takes down what came of it.</summary>
internal sealed class Suite(SuiteOptions options, TimeProvider time)
{
    /// <summary>How long everything may take to start, on a machine that does much else.</summary>
    private static readonly TimeSpan Starting = TimeSpan.FromMinutes(2);

    /// <summary>How long the last answers may be owed after the last fault is mended.</summary>
    private static readonly TimeSpan Answering = TimeSpan.FromSeconds(60);

    /// <summary>How long the last runs may take after the last request is answered.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(120);

    /// <summary>How long watchers may take after the last run is final.</summary>
    private static readonly TimeSpan Watching = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>The name of a new folder for a history, and the mark of its processes.</summary>
    public static string NewMark(ulong seed) => string.Create(CultureInfo.InvariantCulture, $"faults-{seed}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}");

    /// <summary>Makes the history in a folder.</summary>
    /// <param name="folder">The folder, whose name is the mark.</param>
    /// <param name="cancellation">Breaks it off; no process stays.</param>
    public async Task RunAsync(string folder, CancellationToken cancellation)
    {
        using var history = new HistoryFolder(folder);
        var dice = new Dice(options.Seed);
        var plan = FaultPlan.Of(options.Seed, options.Time, FleetOfProcesses.Lease);
        // Which ports are free is chance; two suites must not look for them in the same order.
        var ports = new Ports(new Dice(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))));
        await using var fleet = new FleetOfProcesses(history, Path.GetFileName(history.Path), ports, time);
        await StartAsync(fleet, history, cancellation);
        history.Intent.Write(new Intent(options.Seed, time.GetUtcNow(), options.Time, plan.Count, (int)(options.Rate * options.Time.TotalSeconds)));
        Say($"Everything runs. {plan.Count} faults will come down in {options.Time.TotalMinutes:0.#} minutes, on {options.Rate:0} runs a second.");

        using var api = new ApiCaller(fleet.Apis, history, time);
        using var watchers = new Watchers(fleet.Notifier, dice.For("watchers"), history, time);
        using var meddler = new Meddler(api, dice.For("meddler"), time);
        var submitter = new Submitter(api, new Workload(dice.For("workload"), time), options.Rate, dice.For("submitter"), history,
            (request, runs) =>
            {
                meddler.Heard(request, runs);
                watchers.Heard(request, runs);
            },
            time);
        var scheduler = new Scheduler(api, dice.For("scheduler"), history, time);
        await scheduler.BeginAsync(options.Time, cancellation);
        var faults = new FaultDriver(fleet, history, time);
        await StormAsync(submitter, scheduler, faults, plan, cancellation);
        await meddler.StopAsync();
        await SettleAsync(fleet, watchers, history, cancellation);
    }

    private static async Task StartAsync(FleetOfProcesses fleet, HistoryFolder history, CancellationToken cancellation)
    {
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        starting.CancelAfter(Starting);
        try
        {
            await fleet.StartAsync(starting.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Not every process was ready within {Starting.TotalMinutes:0} minutes. What they wrote is in {history.LogsFolder}");
        }
    }

    private async Task StormAsync(Submitter submitter, Scheduler scheduler, FaultDriver faults, IReadOnlyList<Fault> plan, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(options.Time);
        var progress = TellAsync(submitter, faults, silence.Token);
        var submitting = submitter.RunAsync(stop.Token, giveUp.Token);
        var scheduling = scheduler.RunAsync(stop.Token);
        await faults.RunAsync(plan, cancellation);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        giveUp.CancelAfter(Answering);
        await submitting;
        await scheduling;
        await silence.CancelAsync();
        await progress;
        cancellation.ThrowIfCancellationRequested();
    }

    private async Task SettleAsync(FleetOfProcesses fleet, Watchers watchers, HistoryFolder history, CancellationToken cancellation)
    {
        Say("The last request is answered. Waiting until every run is final …");
        await using var collector = await Collector.OpenAsync(fleet.Redis.Port, fleet.Prefix, cancellation);
        var began = time.GetTimestamp();
        var left = await collector.LeftoversAsync();
        while (!IsOver(left) && time.GetElapsedTime(began) < Settling)
        {
            await Task.Delay(Look, time, cancellation);
            left = await collector.LeftoversAsync();
        }

        // Nothing is wrong any more, so everybody must have noticed.
        foreach (var name in await fleet.NotReadyAsync(cancellation))
            history.Complaints.Write(new Complaint(time.GetUtcNow(), $"{name} does not say that it is ready, though nothing is wrong any more."));
        await watchers.EndAsync(Watching);
        await fleet.StopServicesAsync();

        Say("Reading what became of every run …");
        history.Leftovers.Write(await collector.LeftoversAsync());
        await foreach (var batch in collector.RunsAsync())
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var run in batch) history.Runs.Write(run);
        }
    }

    private async Task TellAsync(Submitter submitter, FaultDriver faults, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(ProgressInterval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellation.IsCancellationRequested) return;
            var broken = string.Join(", ", faults.UnderWay);
            Say(string.Create(CultureInfo.InvariantCulture,
                $"{time.GetElapsedTime(began):mm\\:ss}  {submitter.Accepted} of {submitter.Asked} runs accepted, {faults.Begun} faults{(broken.Length > 0 ? $", now: {broken}" : "")}"));
        }
    }

    private static bool IsOver(Leftovers left) =>
        left.Active.Count == 0 && left.Due.Count == 0 && left.Streams.All(stream => stream.Length == 0 && stream.Pending == 0);

    private static void Say(string line) => Console.WriteLine(line);
}
