using System.Text.Json;

namespace Fleet.Worker.Tests;

public sealed class TextStatsTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fleet-text-");

    public TextStatsTests() => _root.CreateSubdirectory("sub");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task Text_Given_IsCounted()
    {
        await using var bench = Bench();
        var output = await bench.RunAsync("text.stats", new { text = "The cat, the dog.\nÄpfel äpfel", top = 2 });
        Assert.Equal(
            """{"bytes":31,"lines":2,"words":6,"distinctWords":4,"top":[{"word":"the","count":2},{"word":"äpfel","count":2}],"exact":true}""",
            output.GetRawText());
    }

    [Fact]
    public async Task File_BelowTheRoot_IsCountedWithProgress()
    {
        var text = string.Concat(Enumerable.Repeat("one two three\n", 100_000));
        await File.WriteAllTextAsync(Path("sub/a.txt"), text);
        await using var bench = Bench();
        foreach (var path in new[] { "sub/a.txt", Path("sub/a.txt"), "sub/../sub/./a.txt" })
        {
            var output = await bench.RunAsync("text.stats", new { path });
            Assert.Equal((text.Length, 100_000, 300_000, 3), (Number(output, "bytes"), Number(output, "lines"), Number(output, "words"), Number(output, "distinctWords")));
        }

        Assert.Equal(new RunProgress(1, "1.4 MB of 1.4 MB"), bench.Progress[^1]);
    }

    [Fact]
    public async Task Files_OutsideTheRoot_AreRefusedHoweverTheyAreReached()
    {
        var outside = Directory.CreateTempSubdirectory("fleet-outside-");
        try
        {
            await File.WriteAllTextAsync(System.IO.Path.Combine(outside.FullName, "secret"), "secret");
            File.CreateSymbolicLink(Path("file-link"), System.IO.Path.Combine(outside.FullName, "secret"));
            File.CreateSymbolicLink(Path("directory-link"), outside.FullName);
            File.CreateSymbolicLink(Path("relative-link"), $"../{outside.Name}/secret");
            await using var bench = Bench();
            foreach (var path in new[] { "/etc/passwd", "../x", $"{_root.FullName}-sibling/x", _root.FullName, "file-link", "directory-link/secret", "relative-link" })
                Assert.Contains("outside of", await bench.FailsForGoodAsync("text.stats", new { path }), StringComparison.Ordinal);
        }
        finally
        {
            outside.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Links_ThatStayInside_AreFollowed()
    {
        await File.WriteAllTextAsync(Path("sub/a.txt"), "a b");
        File.CreateSymbolicLink(Path("link"), "sub/../sub/a.txt");
        File.CreateSymbolicLink(Path("link-to-link"), Path("link"));
        File.CreateSymbolicLink(Path("loop"), "loop");
        await using var bench = Bench();
        Assert.Equal(2, Number(await bench.RunAsync("text.stats", new { path = "link-to-link" }), "words"));
        Assert.Contains("links", await bench.FailsForGoodAsync("text.stats", new { path = "loop" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_RelativeBelowAWiderRoot_StartsWhereTheWorkerWasStarted()
    {
        var name = $"{Guid.NewGuid():N}.txt";
        var here = $"{Environment.CurrentDirectory}/{name}";
        await File.WriteAllTextAsync(here, "one two\n");
        try
        {
            await using var bench = new JobBench(("Files:Root", "/"));

            Assert.Equal(2, Number(await bench.RunAsync("text.stats", new { path = name }), "words"));
        }
        finally
        {
            File.Delete(here);
        }
    }

    [Fact]
    public async Task Root_OfSlash_AllowsAnyFile()
    {
        await File.WriteAllTextAsync(Path("a.txt"), "a b");
        await using var bench = new JobBench(("Files:Root", "/"));
        Assert.Equal(2, Number(await bench.RunAsync("text.stats", new { path = Path("a.txt") }), "words"));
    }

    [Fact]
    public async Task Input_ThatCannotBeRead_FailsForGoodAndSaysWhy()
    {
        await using var bench = Bench();
        Assert.Contains("There is no file 'none.txt'", await bench.FailsForGoodAsync("text.stats", new { path = "none.txt" }), StringComparison.Ordinal);
        Assert.Contains("There is no file", await bench.FailsForGoodAsync("text.stats", new { path = "no/such/way" }), StringComparison.Ordinal);
        Assert.Contains("is a directory", await bench.FailsForGoodAsync("text.stats", new { path = "sub" }), StringComparison.Ordinal);
        Assert.Contains("either text or path", await bench.FailsForGoodAsync("text.stats", "{}"), StringComparison.Ordinal);
        Assert.Contains("either text or path", await bench.FailsForGoodAsync("text.stats", new { path = "a", text = "b" }), StringComparison.Ordinal);
        Assert.Contains("top is 1001", await bench.FailsForGoodAsync("text.stats", new { text = "a", top = 1001 }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_WithoutALength_IsReadAllTheSame()
    {
        await using var bench = new JobBench(("Files:Root", "/"));
        Assert.True(Number(await bench.RunAsync("text.stats", new { path = "/proc/self/status" }), "words") > 50);
    }

    [Fact]
    public async Task Reading_Cancelled_Ends()
    {
        await using var bench = new JobBench(("Files:Root", "/"));
        using var cancellation = new CancellationTokenSource();
        var reading = bench.RunAsync("text.stats", new { path = "/dev/zero" }, cancellation: cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private static long Number(JsonElement output, string name) => output.GetProperty(name).GetInt64();

    private JobBench Bench() => new(("Files:Root", _root.FullName));

    private string Path(string relative) => System.IO.Path.Combine(_root.FullName, relative);
}
