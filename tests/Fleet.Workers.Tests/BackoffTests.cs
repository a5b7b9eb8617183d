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
        Assert.Equal(TimeSpan.FromSeconds(seconds), new Backoff().Most(attempt));

    [Fact]
    public void After_is_spread_over_all_of_it()
    {
        var backoff = new Backoff { First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(8) };
        foreach (var attempt in new[] { 1, 3, 4, 50 })
        {
            var most = backoff.Most(attempt);
            var waits = Enumerable.Range(0, 2000).Select(_ => backoff.After(attempt)).ToList();
            Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.Zero, most));
            // Each tenth has some; that one of two thousand evenly spread values misses it has odds of 10^-91.
            for (var tenth = 0; tenth < 10; tenth++) Assert.Contains(waits, wait => (int)(wait / most * 10) == tenth);
        }
    }
}
