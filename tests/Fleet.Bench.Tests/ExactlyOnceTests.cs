using Fleet.Bench.Measuring;

namespace Fleet.Bench.Tests;

public sealed class ExactlyOnceTests
{
    private static readonly RunId[] Runs = [.. Enumerable.Range(0, 3).Select(_ => RunId.New(1, 0))];
    private static readonly RunOutcome Fine = new(RunState.Succeeded, 3);

    [Fact]
    public void EachRunExecutedOnce_IsFine() => ExactlyOnce.Require(Runs, [Fine, Fine, Fine], 3);

    [Theory]
    [InlineData(null, 0)]
    [InlineData(RunState.Queued, 1)]
    [InlineData(RunState.Failed, 3)]
    [InlineData(RunState.Succeeded, 5)]
    public void ARunThatIsLostOrUnfinishedOrTriedTwice_IsObjectedTo(RunState? state, long seq)
    {
        var e = Assert.Throws<MeasurementException>(() => ExactlyOnce.Require(Runs, [Fine, new RunOutcome(state, seq), Fine], 3));

        Assert.Contains(Runs[1].ToString(), e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void HandlersCalledTooOftenOrTooSeldom_AreObjectedTo(long executions) =>
        Assert.Throws<MeasurementException>(() => ExactlyOnce.Require(Runs, [Fine, Fine, Fine], executions));

    [Fact]
    public void TheSameIdTwice_IsObjectedTo() =>
        Assert.Throws<MeasurementException>(() => ExactlyOnce.Require([Runs[0], Runs[0]], [Fine, Fine], 2));

    [Fact]
    public void AnOutcomeTooFew_IsObjectedTo() => Assert.Throws<MeasurementException>(() => ExactlyOnce.Require(Runs, [Fine, Fine], 3));
}
