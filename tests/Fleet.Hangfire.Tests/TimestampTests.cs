using Fleet.Hangfire.Layout;

namespace Fleet.Hangfire.Tests;

public sealed class TimestampTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 8, 26, 12, 91, TimeSpan.Zero);

    [Fact]
    public void A_time_is_written_as_milliseconds_in_digits()
    {
        Assert.Equal("1795249572091", Timestamp.Of(Time));
        Assert.Equal(Time.UtcDateTime, DashboardReader.Time(Timestamp.Of(Time)));
    }

    [Theory]
    [InlineData("1795249572091")]
    [InlineData("2026-11-21T08:26:12.0910000Z")]
    public void What_dashboards_write_is_read_whatever_their_level(string text) => Assert.Equal(Time, Timestamp.Read(text));

    [Theory, InlineData(""), InlineData("-5"), InlineData("now")]
    public void What_is_no_time_is_none(string text) => Assert.Null(Timestamp.Read(text));

    [Fact]
    public void Small_numbers_are_seconds() => Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795249572), Timestamp.Read("1795249572"));
}
