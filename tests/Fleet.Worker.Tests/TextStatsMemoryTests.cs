using System.Text;

namespace Fleet.Worker.Tests;

/// <summary>Alone, because what is measured is the whole process.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;

[Collection(nameof(AloneInTheProcess))]
public sealed class TextStatsMemoryTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fleet-text-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task File_OfFiftyMegabytes_TakesNoMoreMemoryThanASmallOne()
    {
        var paragraph = Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, 20_000).Select(i => $"Word{i} äöü{i % 100} the")) + "\n");
        await File.WriteAllBytesAsync(Path.Combine(_root.FullName, "small.txt"), paragraph);
        await using (var file = File.Create(Path.Combine(_root.FullName, "big.txt")))
        {
            while (file.Length < 50_000_000) await file.WriteAsync(paragraph);
        }

        await using var bench = new JobBench(("Files:Root", _root.FullName));
        await AllocatedByAsync("small.txt");
        var small = await AllocatedByAsync("small.txt");
        var big = await AllocatedByAsync("big.txt");

        // Everything that was ever allocated, not what a collection left of it. Progress takes a little with every piece that is read.
        Assert.True(big - small < 2_000_000, $"The small file took {small:N0} bytes, the big one {big:N0}.");

        async Task<long> AllocatedByAsync(string path)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var output = await bench.RunAsync("text.stats", new { path });
            Assert.Equal(20_101, output.GetProperty("distinctWords").GetInt64());
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
    }
}
