using System.Collections.Concurrent;
using Fleet.Engine.Work;

namespace Fleet.Workers;

/// <summary>The runs whose lease this worker renews: all it took and whose end is not recorded yet.</summary>
/// <remarks>
/// Known by run and entry: two lines may well number an entry alike, and a worker that lost a run may take its next attempt while
/// the handler of the lost one still ends.
/// </remarks>
internal sealed class HeldRuns
{
    private readonly ConcurrentDictionary<(RunId Run, string Entry), Attempt> _held = new();

    public int Count => _held.Count;

    public IEnumerable<Attempt> All => _held.Values;

    public void Add(Attempt attempt) => _held[(attempt.Run.Id, attempt.Run.Entry)] = attempt;

    public void Remove(TakenRun run) => _held.TryRemove((run.Id, run.Entry), out _);

    /// <summary>Lets go of a run, unless it is held by another attempt by now.</summary>
    public void Remove(Attempt attempt) =>
        _held.TryRemove(new KeyValuePair<(RunId Run, string Entry), Attempt>((attempt.Run.Id, attempt.Run.Entry), attempt));

    public Attempt? Find(TakenRun run) => Find(run.Id, run.Entry);

    public Attempt? Find(RunId run, string entry) => _held.GetValueOrDefault((run, entry));
}
