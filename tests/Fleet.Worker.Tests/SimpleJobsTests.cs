using Fleet.Workers;

namespace Fleet.Worker.Tests;

public sealed class SimpleJobsTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"a":{"b":[1,2,null]},"c":"text"}""")]
    [InlineData("[1]")]
    [InlineData("null")]
    public async Task Noop_AnyInput_ReturnsNothing(string input)
    {
        await using var bench = new JobBench();
        Assert.Equal("{}", (await bench.RunAsync("noop", input)).GetRawText());
    }

    [Fact]
    public async Task Sleep_WithoutSteps_ReportsProgressTenTimesAndTakesItsTime()
    {
        await using var bench = new JobBench(new JumpingTime());
        var output = await bench.RunAsync("sleep", new { seconds = 86_400 });
        Assert.Equal(86_400, output.GetProperty("seconds").GetDouble(), tolerance: 0.01);
        // Progress that comes within one call to Redis is merged; the newest always remains.
        Assert.Equal(new RunProgress(1, "step 10 of 10"), bench.Progress[^1]);
    }

    [Fact]
    public async Task Sleep_Steps_EachIsReported()
    {
        await using var bench = new JobBench();
        await bench.RunAsync("sleep", new { seconds = 0.8, steps = 4 });
        Assert.Equal([0.25, 0.5, 0.75, 1], bench.Progress.Select(progress => progress.Value));
    }

    [Fact]
    public async Task Sleep_Cancelled_Ends()
    {
        await using var bench = new JobBench();
        using var cancellation = new CancellationTokenSource();
        var sleeping = bench.RunAsync("sleep", new { seconds = 3600 }, cancellation: cancellation.Token);
        Assert.False(sleeping.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeping.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData("""{"seconds":-1}""", "seconds is -1")]
    [InlineData("""{"seconds":86401}""", "seconds is 86401")]
    [InlineData("""{"seconds":1,"steps":0}""", "steps is 0")]
    [InlineData("""{"seconds":1,"stepps":3}""", "stepps")]
    [InlineData("""{}""", "seconds")]
    public async Task Sleep_InputThatDoesNotFit_FailsForGood(string input, string says)
    {
        await using var bench = new JobBench();
        Assert.Contains(says, await bench.FailsForGoodAsync("sleep", input), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fail_WithoutTimes_FailsEveryTime()
    {
        await using var bench = new JobBench();
        Assert.Equal("no luck", await bench.FailsForNowAsync("fail", new { message = "no luck" }));
        await Assert.ThrowsAsync<JobException>(() => bench.RunAsync("fail", new { message = "no luck" }, attempt: 100));
    }

    [Fact]
    public async Task Fail_Times_FailsThatOftenThenSucceeds()
    {
        await using var bench = new JobBench();
        var input = new { message = "not yet", times = 2 };
        await Assert.ThrowsAsync<JobException>(() => bench.RunAsync("fail", input, attempt: 1));
        await Assert.ThrowsAsync<JobException>(() => bench.RunAsync("fail", input, attempt: 2));
        Assert.Equal(3, (await bench.RunAsync("fail", input, attempt: 3)).GetProperty("attempt").GetInt32());
    }
}
