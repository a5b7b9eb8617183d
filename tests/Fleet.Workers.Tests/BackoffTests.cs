namespace Fleet.Workers.Tests;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(5, 32)]
    [InlineData(9, 512)]
    [InlineData(10, 600)]
    [InlineData(100, 600)]
    [InlineData(int.MaxValue, 600)]
    public void Most_doubles_with_every_attempt_up_to_the_longest(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.Default.Most(attempt));

    [Fact]
    public void After_is_spread_over_all_of_it()
    {
        var backoff = Backoff.Exponential(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8));
        foreach (var attempt in new[] { 1, 3, 4, 50 })
        {
            var most = backoff.Most(attempt);
            var waits = Enumerable.Range(0, 2000).Select(_ => backoff.After(attempt)).ToList();
            Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.Zero, most));
            // Each tenth has some; that one of two thousand evenly spread values misses it has odds of 10^-91.
            for (var tenth = 0; tenth < 10; tenth++) Assert.Contains(waits, wait => (int)(wait / most * 10) == tenth);
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(99, 3)]
    public void Fixed_is_the_same_every_time(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.Fixed(TimeSpan.FromSeconds(3)).After(attempt));

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 6)]
    [InlineData(3, 9)]
    [InlineData(4, 10)]
    [InlineData(int.MaxValue, 10)]
    public void Linear_grows_by_its_step_up_to_the_longest(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.Linear(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10)).After(attempt));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 30)]
    [InlineData(3, 5)]
    [InlineData(4, 5)]
    public void A_list_is_followed_and_its_last_stays(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds),
            Backoff.List(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)).After(attempt));

    [Fact]
    public void Faults_name_the_field()
    {
        Assert.Empty(Backoff.Default.Faults());
        Assert.Equal("delay", Field(Backoff.Fixed(TimeSpan.FromSeconds(-1))));
        Assert.Equal("max", Field(Backoff.Exponential(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1))));
        Assert.Equal("max", Field(Backoff.Fixed(TimeSpan.Zero) with { Max = TimeSpan.Zero }));
        Assert.Equal("delays", Field(Backoff.List()));
        Assert.Equal("delays", Field(Backoff.List(TimeSpan.FromDays(9999))));
        Assert.Equal("delays", Field(Backoff.Default with { Delays = [TimeSpan.Zero] }));
        Assert.Equal("delay", Field(Backoff.List(TimeSpan.Zero) with { Delay = TimeSpan.Zero }));
    }

    private static string Field(Backoff backoff) => Assert.Single(backoff.Faults()).Field;
}
