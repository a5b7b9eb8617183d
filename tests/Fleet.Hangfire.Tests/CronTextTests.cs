using Fleet.Hangfire.Layout;

namespace Fleet.Hangfire.Tests;

public sealed class CronTextTests
{
    [Theory]
    [InlineData("00:00:01", "* * * * * *")]
    [InlineData("00:00:30", "*/30 * * * * *")]
    [InlineData("00:01:00", "* * * * *")]
    [InlineData("00:07:00", "*/7 * * * *")]
    [InlineData("01:00:00", "0 * * * *")]
    [InlineData("06:00:00", "0 */6 * * *")]
    [InlineData("1.00:00:00", "0 0 * * *")]
    [InlineData("90.00:00:00", "0 0 */31 * *")]
    public void An_interval_is_told_in_the_words_of_cron(string every, string cron) =>
        Assert.Equal(cron, CronText.Of(Of(TimeSpan.Parse(every, System.Globalization.CultureInfo.InvariantCulture), null)));

    [Fact]
    public void A_cron_expression_stays_as_it_is() => Assert.Equal("0 30 2 L * *", CronText.Of(Of(null, "0 30 2 L * *")));

    private static Schedule Of(TimeSpan? every, string? cron) => new() { Name = "s", Job = "j", Queue = "q", Every = every, Cron = cron };
}
