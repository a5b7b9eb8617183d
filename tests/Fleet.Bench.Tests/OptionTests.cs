using System.CommandLine;
using Fleet.Bench.Queue;
using Fleet.Bench.Reporting;

namespace Fleet.Bench.Tests;

public sealed class OptionTests
{
    [Theory]
    [InlineData("1", new[] { 1 })]
    [InlineData("30, 1024,51200", new[] { 30, 1024, 51200 })]
    public void Numbers_AreSeparatedByCommas(string text, int[] expected) => Assert.Equal(expected, Axes.ParseNumbers(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1,-2")]
    [InlineData("1;2")]
    [InlineData("many")]
    public void Numbers_ThatAreNotPositive_AreRefused(string text) => Assert.Null(Axes.ParseNumbers(text));

    [Theory]
    [InlineData("both", new[] { true, false })]
    [InlineData("on", new[] { true })]
    [InlineData("off", new[] { false })]
    public void AppendOnly_IsOnOffOrBoth(string text, bool[] expected)
    {
        var option = Axes.AppendOnly();

        Assert.Equal(expected, new Command("x") { option }.Parse(["--aof", text]).GetValue(option));
    }

    [Theory]
    [InlineData("queue", "--aof", "maybe")]
    [InlineData("queue", "--workers", "0")]
    [InlineData("queue", "--against", "nobody")]
    public void AQueueOption_WithAWrongValue_IsRefused(params string[] arguments) =>
        Assert.NotEmpty(new RootCommand { QueueCommand.Create() }.Parse(arguments).Errors);

    [Fact]
    public void Combinations_AreAllOfThem_AndNoneIsTooLarge()
    {
        var scenarios = QueueScenario.Combinations(new QueueScenario { Runs = 100_000 }, [30, 51200], [1, 2], [1, 8], [true, false]);

        Assert.Equal(16, scenarios.Distinct().Count());
        Assert.All(scenarios, scenario => Assert.True((long)scenario.Runs * scenario.Payload <= 256 * 1024 * 1024));
        Assert.Equal(100_000, scenarios[0].Runs);
    }

    [Fact]
    public void Overview_BeginsWithWhatIsAskedFor_OnBothKindsOfRedis()
    {
        var scenarios = QueueScenario.Overview(new QueueScenario { Runs = 200_000 }, [true, false]);

        Assert.Equal(new QueueScenario { Runs = 200_000, AppendOnly = true }, scenarios[0]);
        Assert.Equal(new QueueScenario { Runs = 200_000, AppendOnly = false }, scenarios[1]);
        Assert.Equal([1, 2, 4], scenarios.Select(scenario => scenario.Workers).Distinct().Order());
        Assert.Equal([30, 1024, 51200], scenarios.Select(scenario => scenario.Payload).Distinct().Order());
        Assert.Equal([1, 8], scenarios.Select(scenario => scenario.Queues).Distinct().Order());
    }
}
