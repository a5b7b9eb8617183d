using System.Collections.Concurrent;

namespace Fleet.Worker.Processes;

/// <summary>The commands under way. What is left of them when the host has stopped is killed, however little time it had.</summary>
internal sealed class RunningTrees : IDisposable
{
    private readonly ConcurrentDictionary<ProcessTree, bool> _trees = new();

    public void Add(ProcessTree tree) => _trees.TryAdd(tree, true);

    public void Remove(ProcessTree tree) => _trees.TryRemove(tree, out _);

    public void Dispose()
    {
        foreach (var tree in _trees.Keys) tree.Kill();
    }
}
