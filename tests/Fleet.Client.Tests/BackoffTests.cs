namespace Fleet.Client.Tests;

public sealed class BackoffTests
{
    private static readonly FleetClientOptions Options = new() { ReconnectDelay = TimeSpan.FromMilliseconds(100), MaxReconnectDelay = TimeSpan.FromSeconds(3) };

    [Fact]
    public void Next_EveryFailure_DoublesUpToTheLongestPause()
    {
        var backoff = new Backoff(Options);

        foreach (var longest in new[] { 100, 200, 400, 800, 1600, 3000, 3000, 3000 })
            Assert.InRange(backoff.Next(null, TimeSpan.Zero).TotalMilliseconds, longest * 0.5, longest);
        backoff.Reset();
        Assert.InRange(backoff.Next(null, TimeSpan.Zero).TotalMilliseconds, 50, 100);
    }

    [Fact]
    public void Next_ManyClients_DoNotReturnTogether() =>
        Assert.True(Enumerable.Range(0, 50).Select(_ => new Backoff(Options).Next(null, TimeSpan.Zero)).Distinct().Count() > 25);

    [Fact]
    public void Next_ServerAsksForMore_IsHeeded() =>
        Assert.Equal(TimeSpan.FromSeconds(5), new Backoff(Options).Next(null, TimeSpan.FromSeconds(5)));

    [Fact]
    public void Next_Forever_StaysInRange()
    {
        var backoff = new Backoff(Options);
        for (var i = 0; i < 5000; i++) Assert.InRange(backoff.Next(null, TimeSpan.Zero), TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(3));
    }
}
