using System.Globalization;
using Fleet.Engine.Scheduling;

namespace Fleet.Engine.Tests.Scheduling;

public sealed class CronExpressionTests
{
    [Theory]
    [InlineData("5 4 * * *", "2026-01-01 04:05 2026-01-02 04:05")]
    [InlineData("*/20 9-10 * * *", "2026-01-01 09:00 2026-01-01 09:20 2026-01-01 09:40 2026-01-01 10:00")]
    [InlineData("10/25 0 * * *", "2026-01-01 00:10 2026-01-01 00:35 2026-01-02 00:10")]
    [InlineData("0 22-2/2 * * *", "2026-01-01 00:00 2026-01-01 02:00 2026-01-01 22:00 2026-01-02 00:00")]
    [InlineData("0 0 1 JAN,jul *", "2026-01-01 00:00 2026-07-01 00:00 2027-01-01 00:00")]
    [InlineData("0 0 * * FRI-MON", "2026-01-02 00:00 2026-01-03 00:00 2026-01-04 00:00 2026-01-05 00:00 2026-01-09 00:00")]
    [InlineData("0 0 * * 7", "2026-01-04 00:00 2026-01-11 00:00")]
    [InlineData("0 0 * * 0", "2026-01-04 00:00 2026-01-11 00:00")]
    [InlineData("0 0 * * 5-7", "2026-01-02 00:00 2026-01-03 00:00 2026-01-04 00:00 2026-01-09 00:00")]
    [InlineData("0 0 * * 7/2", "2026-01-01 00:00 2026-01-03 00:00 2026-01-04 00:00")]
    [InlineData("30 10 0 * * *", "2026-01-01 00:10:30 2026-01-02 00:10:30")]
    [InlineData("*/25 59 23 31 12 *", "2026-12-31 23:59 2026-12-31 23:59:25 2026-12-31 23:59:50")]
    // Either day field lets a day through when both are restricted; a star at the beginning restricts nothing.
    [InlineData("0 0 13 * FRI", "2026-01-02 00:00 2026-01-09 00:00 2026-01-13 00:00")]
    [InlineData("0 0 */2 * MON", "2026-01-05 00:00 2026-01-19 00:00 2026-02-09 00:00")]
    [InlineData("0 0 ? * MON", "2026-01-05 00:00 2026-01-12 00:00")]
    [InlineData("0 0 L * *", "2026-01-31 00:00 2026-02-28 00:00")]
    [InlineData("0 0 L-2 * *", "2026-01-29 00:00 2026-02-26 00:00")]
    [InlineData("0 0 LW * *", "2026-01-30 00:00 2026-02-27 00:00 2026-03-31 00:00")]
    [InlineData("0 0 1W * *", "2026-01-01 00:00:00 2026-02-02 00:00 2026-03-02 00:00")]
    [InlineData("0 0 31W 1,2,5 *", "2026-01-30 00:00 2026-05-29 00:00")]
    [InlineData("0 0 * * 5L", "2026-01-30 00:00 2026-02-27 00:00")]
    [InlineData("0 0 * * TUE#2", "2026-01-13 00:00 2026-02-10 00:00")]
    [InlineData("0 0 * * 4#5", "2026-01-29 00:00 2026-04-30 00:00")]
    [InlineData("@hourly", "2026-01-01 00:00 2026-01-01 01:00")]
    [InlineData("@daily", "2026-01-01 00:00 2026-01-02 00:00")]
    [InlineData("@weekly", "2026-01-04 00:00 2026-01-11 00:00")]
    [InlineData("@monthly", "2026-01-01 00:00 2026-02-01 00:00")]
    [InlineData("  @Yearly ", "2026-01-01 00:00 2027-01-01 00:00")]
    [InlineData("0 0 29 2 *", "2028-02-29 00:00 2032-02-29 00:00")]
    public void Next_GivesTheTimesThatItNames(string text, string expected)
    {
        var cron = Parse(text);
        var times = expected[2..].Split(" 20").Select(time => DateTime.Parse($"20{time}", CultureInfo.InvariantCulture)).ToList();
        var found = new List<DateTime>();
        for (var at = new DateTime(2026, 1, 1).AddTicks(-1); found.Count < times.Count; found.Add(at)) at = cron.Next(at)!.Value;
        Assert.Equal(times, found);
        Assert.All(found, time => Assert.True(cron.Names(time)));
    }

    [Theory]
    [InlineData("60 * * * *", "has '60' as minute (the 1st of 5 fields), which must be from 0 to 59")]
    [InlineData("0 25 * * *", "has '25' as hour (the 2nd of 5 fields), which must be from 0 to 23")]
    [InlineData("0 0 0 * *", "has '0' as day-of-month (the 3rd of 5 fields), which must be from 1 to 31")]
    [InlineData("0 0 1 13 *", "has '13' as month (the 4th of 5 fields), which must be from 1 to 12 or JAN to DEC")]
    [InlineData("0 0 * * MOM", "has 'MOM' as day-of-week (the 5th of 5 fields), which must be from 0 to 7 or SUN to SAT. Did you mean 'MON'?")]
    [InlineData("0 0 0 * * 8", "has '8' as day-of-week (the 6th of 6 fields), which must be from 0 to 7 or SUN to SAT")]
    [InlineData("0 0 1,,2 * *", "has an empty item as day-of-month (the 3rd of 5 fields), which must be from 1 to 31")]
    [InlineData("*/0 * * * *", "has '*/0' as minute (the 1st of 5 fields), which must have a step from 1 to 59 after the slash")]
    [InlineData("0 */24 * * *", "has '*/24' as hour (the 2nd of 5 fields), which must have a step from 1 to 23 after the slash")]
    [InlineData("-5 * * * *", "has '-5' as minute (the 1st of 5 fields), which must be from 0 to 59")]
    [InlineData("0 ? * * *", "has '?' as hour (the 2nd of 5 fields), which must be from 0 to 23")]
    [InlineData("0 0 L-31 * *", "has 'L-31' as day-of-month (the 3rd of 5 fields), which must have 1 to 30 days after 'L-'")]
    [InlineData("0 0 * * 5#6", "has '5#6' as day-of-week (the 5th of 5 fields), which must have 1 to 5 after the '#'")]
    [InlineData("* * *", "must have 5 fields (minute hour day-of-month month day-of-week) or 6 (second first), such as \"30 2 * * MON-FRI\"; it has 3")]
    [InlineData("", "must have 5 fields (minute hour day-of-month month day-of-week) or 6 (second first), such as \"30 2 * * MON-FRI\"; it has 0")]
    [InlineData("0 0 0 1 1 * 2026", "must have 5 fields (minute hour day-of-month month day-of-week) or 6 (second first), such as \"30 2 * * MON-FRI\"; it has 7")]
    [InlineData("@dayly", "has no such word as '@dayly'; there are @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly. Did you mean '@daily'?")]
    [InlineData("0 0 30 2 *", "never comes: no month that it names has such a day")]
    [InlineData("0 0 31W 2,4 *", "never comes: no month that it names has such a day")]
    public void Parse_WhatCannotBeRead_SaysWhichFieldAndWhatItTakes(string text, string expected)
    {
        Assert.False(CronExpression.TryParse(text, out _, out var fault));
        Assert.Equal(expected, fault);
    }

    [Theory]
    [InlineData("0 2 * * *", false)]
    [InlineData("0,30 2,3 1-5 * MON-FRI", false)]
    [InlineData("0 0 2 */2 * *", false)]
    [InlineData("* 2 * * *", true)]
    [InlineData("0 1-3 * * *", true)]
    [InlineData("0 */2 * * *", true)]
    [InlineData("*/10 0 2 * * *", true)]
    public void Repeats_WithAStarARangeOrAStepWithinTheDay(string text, bool repeats) => Assert.Equal(repeats, Parse(text).Repeats);

    private static CronExpression Parse(string text)
    {
        Assert.True(CronExpression.TryParse(text, out var cron, out var fault), fault);
        return cron;
    }
}
