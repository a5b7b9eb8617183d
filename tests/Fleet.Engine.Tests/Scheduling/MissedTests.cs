using Fleet.Engine.Scheduling;
using Fleet.Testing;

namespace Fleet.Engine.Tests.Scheduling;

/// <summary>What becomes of ticks that were not made in time.</summary>
public sealed class MissedTests(RedisServer server) : EngineTests(server)
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [Theory]
    // A tick a little late is not missed, and neither is the newest of several.
    [InlineData(Missed.Skip, 30, 1)]
    [InlineData(Missed.Skip, 630, 1)]
    [InlineData(Missed.Latest, 630, 1)]
    [InlineData(Missed.All, 630, 2)]
    // The newest tick is two minutes late.
    [InlineData(Missed.Skip, 720, 0)]
    [InlineData(Missed.Skip, 120, 0)]
    [InlineData(Missed.Latest, 120, 1)]
    [InlineData(Missed.Latest, 7320, 1)]
    [InlineData(Missed.All, 7320, 13)]
    public async Task Ticks_that_are_late_are_made_up_for_as_the_rule_says(Missed missed, int lateSeconds, int expected)
    {
        var bench = await StartAsync(new ScheduleRule { Every = _minute * 10, Missed = missed });
        await bench.TickAfterAsync(TimeSpan.FromSeconds(lateSeconds));

        var runs = await bench.RunsAsync();
        Assert.Equal(expected, runs.Count);
        var schedule = await bench.GetAsync();
        var newest = schedule.Next!.Value - 600_000;
        Assert.Equal(Enumerable.Range(0, expected).Select(i => newest - (expected - 1 - i) * 600_000L), runs.Select(ScheduleBench.TickOf));
        Assert.Equal(expected == 0 ? null : newest, schedule.Last);
        var (now, due, _) = await bench.Ticker.DueAsync(bench.Partition);
        Assert.Empty(due);
        Assert.InRange(schedule.Next.Value, now, now + 600_000);
    }

    [Fact]
    public async Task At_most_a_thousand_ticks_are_made_up_for_the_newest_ones_in_order()
    {
        var bench = await StartAsync(new ScheduleRule { Every = TimeSpan.FromSeconds(2), Missed = Missed.All });
        await bench.TickAfterAsync(TimeSpan.FromDays(30));

        var ticks = (await bench.RunsAsync()).Select(ScheduleBench.TickOf).ToList();
        Assert.InRange(ticks.Count, ScheduleTicker.MostMadeUp, ScheduleTicker.MostMadeUp + 5);
        Assert.Equal(Enumerable.Range(0, ticks.Count).Select(i => ticks[0] + 2000L * i), ticks);
        Assert.Equal((await bench.GetAsync()).Next, ticks[^1] + 2000);
    }

    [Fact]
    public void Looking_back_over_years_of_seconds_takes_no_time()
    {
        Assert.True(CronExpression.TryParse("* * * * * *", out var cron, out _));
        var table = Timetable.ByClock(cron, TimeZoneInfo.Utc, null, null);
        var until = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Assert.Equal([until - 2000, until - 1000, until], table.Newest(0, until, 3));
        Assert.Empty(table.Newest(until, until, 3));
        Assert.Equal([until], table.Newest(until - 1, until, 3));
        // Where the ticks are far back, they are found all the same.
        Assert.True(CronExpression.TryParse("0 0 1 1 *", out var yearly, out _));
        Assert.Equal(5, Timetable.ByClock(yearly, TimeZoneInfo.Utc, null, null).Newest(0, until, 5).Count);
    }

    [Fact]
    public async Task A_paused_schedule_does_not_tick_and_one_resumed_makes_up_for_what_it_missed()
    {
        foreach (var (missed, expected) in new[] { (Missed.Skip, 0), (Missed.Latest, 1), (Missed.All, 4) })
        {
            var bench = await StartAsync(new ScheduleRule { Every = _minute * 10, Missed = missed });
            Assert.True((await bench.Store.PauseAsync(bench.Name))!.IsPaused);
            Assert.True((await bench.Store.PauseAsync(bench.Name))!.IsPaused);
            await bench.MoveAsync(_minute * -45);
            await bench.TickAsync();
            Assert.Empty(await bench.RunsAsync());
            Assert.Equal(10, (await bench.GetAsync()).Show(bench.Store.Now).Next.Count);

            Assert.False((await bench.Store.ResumeAsync(bench.Name))!.IsPaused);
            await bench.TickAsync();
            Assert.Equal(expected, (await bench.RunsAsync()).Count);
        }
    }

    [Fact]
    public async Task One_that_is_resumed_ticks_again_by_itself()
    {
        var bench = new ScheduleBench(await base.StartAsync(sweeps: true));
        await bench.PutAsync(new ScheduleRule { Every = TimeSpan.FromSeconds(1) }, paused: true);
        Assert.True((await bench.GetAsync()).IsPaused);
        await bench.Store.ResumeAsync(bench.Name);
        await Until.TrueAsync("it ticks", async () => (await bench.RunsAsync()).Count > 0);
    }

    private async Task<ScheduleBench> StartAsync(ScheduleRule rule)
    {
        var bench = new ScheduleBench(await base.StartAsync());
        await bench.PutAsync(rule);
        return bench;
    }
}
