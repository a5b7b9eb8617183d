using Fleet.Engine.Scheduling;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Engine.Tests.Scheduling;

public sealed class ZonedCronTests
{
    /// <summary>Zones with the days around which their clocks are set, in several years, and a day on which nothing happens.</summary>
    private static readonly (string Zone, string Day)[] _days =
    [
        ("Europe/Berlin", "2024-03-31"), ("Europe/Berlin", "2024-10-27"), ("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"),
        ("America/New_York", "2025-03-09"), ("America/New_York", "2025-11-02"), ("America/New_York", "2026-03-08"), ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2025-04-06"), ("Australia/Lord_Howe", "2025-10-05"), ("Australia/Lord_Howe", "2026-04-05"), ("Australia/Lord_Howe", "2026-10-04"),
        ("Asia/Kolkata", "2026-03-29"), ("America/Santiago", "2026-04-05"), ("America/Santiago", "2026-09-06"), ("Africa/Casablanca", "2026-02-15"),
        ("Africa/Casablanca", "2026-03-22"), ("Europe/Dublin", "2026-03-29"), ("Europe/Dublin", "2026-10-25"), ("Asia/Kathmandu", "2026-06-01"),
        ("Pacific/Chatham", "2026-04-05"), ("Pacific/Chatham", "2026-09-27"), ("America/St_Johns", "2026-03-08"), ("UTC", "2028-02-29"),
    ];

    private static readonly Gen<PlainCron> _expressions =
        from minutes in Field(0, 59)
        from hours in Gen.OneOf(Field(0, 23), Field(0, 4, 23))
        from days in Gen.Frequency((5, Gen.Constant("*")), (1, Field(1, 31)))
        from months in Gen.Frequency((5, Gen.Constant("*")), (1, Field(1, 12)))
        from weekdays in Gen.Frequency((5, Gen.Constant("*")), (1, Field(0, 7, 6)))
        select new PlainCron(minutes, hours, days, months, weekdays);

    private static Gen<string> Field(int least, int most, int? longestStep = null)
    {
        var number = Gen.Choose(least, most);
        var range = from a in number from b in number select $"{Math.Min(a, b)}-{Math.Max(a, b)}";
        var step = Gen.Choose(1, longestStep ?? most - least);
        var item = Gen.OneOf(
            Gen.Constant("*"), from n in number select $"{n}", range, from n in step select $"*/{n}",
            from r in range from n in step select $"{r}/{n}", from a in number from n in step select $"{a}/{n}");
        // Several numbers are what people write where an expression is not to repeat.
        return Gen.OneOf(item, from n in number select $"{n}", from a in number from b in number select $"{a},{b}", from a in item from b in item select $"{a},{b}");
    }

    [Fact]
    public void Every_expression_ticks_where_a_look_at_every_minute_says()
    {
        var cases = from expression in _expressions from day in Gen.Elements(_days) select (expression, day);
        Prop.ForAll(cases.ToArbitrary(), item =>
        {
            var (plain, (zoneName, day)) = item;
            var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
            var from = Utc(day).AddHours(-30);
            var to = from.AddHours(78);
            Assert.Equal(plain.Ticks(zone, from, to), Ticks(plain.Text, zone, from, to));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void Wherever_one_asks_from_the_next_tick_is_the_first_one_after()
    {
        var cases = from expression in _expressions from day in Gen.Elements(_days) from second in Gen.Choose(0, 48 * 3600) select (expression, day, second);
        Prop.ForAll(cases.ToArbitrary(), item =>
        {
            var (plain, (zoneName, day), second) = item;
            var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
            var after = Utc(day).AddHours(-12).AddSeconds(second);
            var to = Utc(day).AddHours(48);
            var expected = plain.Ticks(zone, Utc(day).AddHours(-12), to).FirstOrDefault(tick => tick > after);
            var next = Zoned(plain.Text, zone).Next(after);
            Assert.Equal(expected == default ? null : expected, next < to ? next : null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Ticks_of_a_year_are_those_that_a_look_at_every_minute_says()
    {
        foreach (var zoneName in new[] { "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata" })
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
            foreach (var plain in new PlainCron[]
            {
                new("30", "2", "*", "*", "*"), new("15", "*", "*", "*", "*"), new("0,30", "1,2", "*", "*", "*"), new("0", "0", "1", "*", "1"),
                new("45", "*/6", "*/10", "*", "*"), new("10", "1-3", "*", "3,4,10,11", "0"),
            })
            {
                Assert.Equal(plain.Ticks(zone, Utc("2026-01-01"), Utc("2027-01-01")), Ticks(plain.Text, zone, Utc("2026-01-01"), Utc("2027-01-01")));
            }
        }
    }

    [Theory]
    // A time that is left out comes at the first moment after.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:00 2026-03-30T00:30")]
    [InlineData("0,20,40 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:00 2026-03-30T00:00 2026-03-30T00:20")]
    [InlineData("0 3 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:00 2026-03-30T01:00")]
    [InlineData("30 2 * * *", "America/New_York", "2026-03-07T12:00", "2026-03-08T07:00 2026-03-09T06:30")]
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00", "2026-10-03T15:30 2026-10-04T15:15")]
    // One that comes twice counts the first time.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", "2026-10-25T00:30 2026-10-26T01:30")]
    [InlineData("45 1 * * *", "Australia/Lord_Howe", "2026-04-03T16:00", "2026-04-04T14:45 2026-04-05T15:15")]
    [InlineData("0,20,40 2 * * *", "Europe/Berlin", "2026-10-24T12:00", "2026-10-25T00:00 2026-10-25T00:20 2026-10-25T00:40 2026-10-26T01:00")]
    // What repeats keeps its interval.
    [InlineData("*/20 2 * * *", "Europe/Berlin", "2026-10-25T00:10", "2026-10-25T00:20 2026-10-25T00:40 2026-10-25T01:00 2026-10-25T01:20 2026-10-25T01:40 2026-10-26T01:00")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:30", "2026-10-25T00:00 2026-10-25T00:30 2026-10-25T01:00 2026-10-25T01:30 2026-10-25T02:00")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00", "2026-03-29T00:30 2026-03-29T01:00 2026-03-29T01:30 2026-03-29T02:00")]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-03-29T00:00", "2026-03-29T00:30 2026-03-29T01:30 2026-03-29T02:30")]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-10-24T23:00", "2026-10-24T23:30 2026-10-25T00:30 2026-10-25T01:30 2026-10-25T02:30")]
    [InlineData("30 */2 * * *", "Europe/Berlin", "2026-03-28T23:00", "2026-03-28T23:30 2026-03-29T01:00 2026-03-29T02:30")]
    [InlineData("*/20 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:00 2026-03-30T00:00")]
    // The zone, not UTC, says which day it is.
    [InlineData("0 0 * * MON", "Asia/Kolkata", "2026-06-01T00:00", "2026-06-07T18:30 2026-06-14T18:30")]
    [InlineData("0 0 29 2 *", "UTC", "2026-06-01T00:00", "2028-02-29T00:00 2032-02-29T00:00")]
    [InlineData("0 12 * * *", "Pacific/Apia", "2011-12-28T23:00", "2011-12-29T22:00 2011-12-30T10:00 2011-12-30T22:00")]
    [InlineData("0 0 5 1 *", "Pacific/Apia", "2011-12-01T00:00", "2012-01-04T10:00")]
    public void Days_on_which_clocks_are_set(string cron, string zone, string after, string expected)
    {
        var ticks = expected.Split(' ').Select(Utc).ToList();
        Assert.Equal(ticks, Ticks(cron, TimeZoneInfo.FindSystemTimeZoneById(zone), Utc(after).AddTicks(1), ticks[^1].AddTicks(1)));
    }

    [Fact]
    public void Seconds_tick_through_both_nights()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        foreach (var night in new[] { "2026-03-29T00:50", "2026-10-25T00:50" })
        {
            var ticks = Ticks("*/15 * * * * *", zone, Utc(night), Utc(night).AddMinutes(80));
            Assert.Equal(Enumerable.Range(0, 320).Select(i => Utc(night).AddSeconds(15 * i)), ticks);
        }
    }

    private static List<DateTime> Ticks(string cron, TimeZoneInfo zone, DateTime from, DateTime to)
    {
        var zoned = Zoned(cron, zone);
        var ticks = new List<DateTime>();
        for (var at = zoned.Next(from.AddTicks(-1)); at < to; at = zoned.Next(at.Value))
        {
            Assert.True(ticks.Count == 0 || at > ticks[^1], $"{cron}: {at:o} is not after {(ticks.Count == 0 ? default : ticks[^1]):o}");
            ticks.Add(at.Value);
        }

        return ticks;
    }

    private static ZonedCron Zoned(string cron, TimeZoneInfo zone)
    {
        // What never comes has no ticks, and cannot be parsed for that.
        if (CronExpression.TryParse(cron, out var expression, out var fault)) return new ZonedCron(expression, zone);
        Assert.StartsWith("never comes", fault, StringComparison.Ordinal);
        Assert.True(CronExpression.TryParse("0 0 1 1 *", out expression, out _));
        return new ZonedCron(expression, zone);
    }

    private static DateTime Utc(string time) => DateTime.SpecifyKind(DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture), DateTimeKind.Utc);
}
