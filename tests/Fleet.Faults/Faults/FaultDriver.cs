using System.Collections.Concurrent;
using Fleet.Faults.History;
using Fleet.Faults.Processes;
using Fleet.Faults.Proxy;

namespace Fleet.Faults.Faults;

/// <summary>Does what a plan says, when it says so, and mends it again.</summary>
internal sealed class FaultDriver(FleetOfProcesses fleet, HistoryFolder history, TimeProvider time)
{
    private readonly ConcurrentDictionary<int, Fault> _underWay = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _links = new();
    private int _done;

    /// <summary>How many faults have begun.</summary>
    public int Begun => _done;

    /// <summary>What is broken at the moment.</summary>
    public IEnumerable<string> UnderWay => _underWay.OrderBy(fault => fault.Key).Select(fault => fault.Value.Name);

    /// <summary>Returns when the last fault is mended. When cancelled, what is under way is mended at once.</summary>
    public async Task RunAsync(IReadOnlyList<Fault> plan, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var faults = new List<Task>();
        try
        {
            foreach (var fault in plan)
            {
                var rest = fault.At - time.GetElapsedTime(began);
                if (rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellation);
                faults.Add(DoAsync(fault, cancellation));
            }
        }
        finally
        {
            await Task.WhenAll(faults);
        }
    }

    private async Task DoAsync(Fault fault, CancellationToken cancellation)
    {
        var from = time.GetUtcNow();
        string? note = null;
        Interlocked.Increment(ref _done);
        _underWay[fault.Number] = fault;
        try
        {
            var struck = await (fault.Kind switch
            {
                FaultKind.Kill => fleet.Process(fault.Target).KillAsync(fault.Lasts, cancellation),
                FaultKind.Terminate => fleet.Process(fault.Target).TerminateAsync(fault.Lasts, cancellation),
                FaultKind.Freeze => fleet.Process(fault.Target).FreezeAsync(fault.Lasts, cancellation),
                FaultKind.Cut => BreakAsync(fault, LinkMode.Cut, cancellation),
                FaultKind.Blackhole => BreakAsync(fault, LinkMode.Blackhole, cancellation),
                FaultKind.Deafen => BreakAsync(fault, LinkMode.Deaf, cancellation),
                _ => throw new ArgumentException($"Nobody knows how to {fault.Name}.", nameof(fault)),
            });
            if (!struck) note = FaultStory.Missed;
        }
        catch (OperationCanceledException)
        {
            note = "mended early";
        }

        _underWay.TryRemove(fault.Number, out _);
        history.Faults.Write(new FaultStory(fault.Number, fault.Kind, fault.Target, from, time.GetUtcNow(), note));
    }

    private async Task<bool> BreakAsync(Fault fault, LinkMode mode, CancellationToken cancellation)
    {
        var alone = _links.GetOrAdd(fault.Target, _ => new SemaphoreSlim(1));
        await alone.WaitAsync(cancellation);
        var link = fleet.LinkOf(fault.Target);
        try
        {
            link.Set(mode);
            await Task.Delay(fault.Lasts, time, cancellation);
            return true;
        }
        finally
        {
            link.Set(LinkMode.Pass);
            alone.Release();
        }
    }
}
