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
        var time = new SteppedTime();
        await using var bench = new JobBench(time);
        using var reported = new SemaphoreSlim(0);
        bench.OnProgress = () => reported.Release();
        var sleeping = bench.RunAsync("sleep", new { seconds = 86_400 });
        for (var step = 1; step <= 10; step++)
        {
            Assert.False(sleeping.IsCompleted);
            await time.StepAsync();
            Assert.True(await reported.WaitAsync(TimeSpan.FromSeconds(20)), $"Step {step} was not reported.");
            Assert.Equal(new RunProgress(step / 10.0, $"step {step} of 10"), bench.Progress[^1]);
            Assert.Equal(TimeSpan.FromSeconds(8640 * step).Ticks, time.GetTimestamp());
        }

        Assert.Equal(86_400, (await sleeping).GetProperty("seconds").GetDouble());
    }

    [Fact]
    public async Task Sleep_OfNoTime_ReportsAllSteps()
    {
        await using var bench = new JobBench();
        await bench.RunAsync("sleep", new { seconds = 0, steps = 3 });
        // Progress that comes at once is merged; the newest always remains.
        Assert.Equal(new RunProgress(1, "step 3 of 3"), bench.Progress[^1]);
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
