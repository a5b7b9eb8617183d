using System.Collections.Concurrent;
using Fleet.Engine.Work;

namespace Fleet.Workers;

/// <summary>The runs whose lease this worker renews: all it took and whose end is not recorded yet, by their entries.</summary>
internal sealed class HeldRuns
{
    private readonly ConcurrentDictionary<string, Attempt> _held = new();

    public int Count => _held.Count;

    public IEnumerable<Attempt> All => _held.Values;

    public void Add(Attempt attempt) => _held[attempt.Run.Entry] = attempt;

    public void Remove(TakenRun run) => _held.TryRemove(run.Entry, out _);

    public Attempt? Find(string entry) => _held.GetValueOrDefault(entry);
}
