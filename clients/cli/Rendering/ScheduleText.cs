using System.Globalization;

namespace Fleet.Cli.Rendering;

/// <summary>Shows schedules: as a table, or one with all its details and the times at which it ticks next.</summary>
internal static class ScheduleText
{
    public static void Table(Screen screen, IEnumerable<Schedule> schedules, DateTimeOffset now)
    {
        var table = new Columns("NAME", "WHEN", "ZONE", "JOB", "NEXT", "LAST", "STATE").Right(4, 5).Wrap(0).Wrap(3);
        foreach (var schedule in schedules)
        {
            table.Add(
                schedule.Name, When(schedule), schedule.Cron is null ? null : schedule.Zone, schedule.Job,
                schedule.Paused || schedule.Next is not [var next, ..] ? null : $"in {TimeText.Age(next - now)}",
                schedule.Last is { } last ? $"{TimeText.Age(now - last)} ago" : null, State(schedule));
        }

        table.Draw(screen);
    }

    public static void Details(Screen screen, Schedule schedule)
    {
        Field("schedule", schedule.Name, Tint.Strong);
        Field("when", schedule.Cron is null ? When(schedule) : $"{When(schedule)}, {schedule.Zone}");
        Field("state", State(schedule).Text, State(schedule).Tint);
        Field("job", schedule.Job);
        Field("queue", schedule.Priority == Priority.Normal ? schedule.Queue : $"{schedule.Queue}, priority {schedule.Priority.Name()}");
        Field("attempts", $"{schedule.MaxAttempts}");
        Field("timeout", schedule.Timeout is { } timeout ? TimeText.Duration(timeout) : null);
        Field("tags", string.Join(", ", schedule.Tags));
        Field("meta", string.Join(", ", schedule.Meta.Select(entry => $"{entry.Key}={entry.Value}")));
        Field("overlap", schedule.Overlap.Name());
        Field("missed", schedule.Missed.Name());
        Field("jitter", schedule.Jitter is { } jitter ? TimeText.Duration(jitter) : null);
        Field("start", schedule.Start is { } start ? Moment(start) : null);
        Field("end", schedule.End is { } end ? Moment(end) : null);
        Field("last", schedule.Last is { } last ? $"{Moment(last)}, run {schedule.LastRun}" : null);
        screen.Line("input", Tint.Faint);
        foreach (var line in Printable.Lines(JsonText.Pretty(schedule.Input))) screen.Line($"  {line}");
        Next(screen, schedule);

        void Field(string name, string? value, Tint tint = Tint.None)
        {
            if (string.IsNullOrEmpty(value)) return;
            screen.Write($"{name,-10}", Tint.Faint);
            screen.Line(Printable.Line(value), tint);
        }
    }

    /// <summary>What somebody wants to see who has just changed a schedule: whether it ticks when it was meant to.</summary>
    public static void Stored(Screen screen, Schedule schedule)
    {
        screen.Line(Outlook(schedule));
        Next(screen, schedule);
    }

    /// <summary>In one sentence, when it ticks next.</summary>
    public static string Outlook(Schedule schedule) =>
        schedule.Paused ? $"{schedule.Name} is paused."
        : schedule.Next is [var next, ..] ? $"{schedule.Name} ticks next at {Moment(next)}."
        : $"{schedule.Name} has ended and ticks no more.";

    private static void Next(Screen screen, Schedule schedule)
    {
        if (schedule.Next.Count == 0) return;
        screen.Line(schedule.Paused ? "next, were it not paused" : "next", Tint.Faint);
        var zone = schedule.Cron is not null && schedule.Zone != "UTC" && TimeZoneInfo.TryFindSystemTimeZoneById(schedule.Zone, out var found) ? found : null;
        foreach (var at in schedule.Next)
        {
            screen.Write($"  {Moment(at)}");
            if (zone is null) screen.Line();
            else screen.Line(TimeZoneInfo.ConvertTime(at, zone).ToString("   ddd yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture), Tint.Faint);
        }
    }

    private static string When(Schedule schedule) => schedule.Cron ?? $"every {schedule.Every!.Value:c}";

    private static Cell State(Schedule schedule) =>
        schedule.Paused ? new Cell("paused", Tint.Warning) : schedule.Next.Count == 0 ? new Cell("ended", Tint.Faint) : new Cell("active", Tint.Good);

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
