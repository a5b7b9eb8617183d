using System.Globalization;

namespace Fleet.Faults.Checking;

/// <summary>What schedules must have created.</summary>
internal static class ScheduleChecks
{
    /// <summary>Where a run says which tick it is of.</summary>
    private const string TickMeta = "scheduledAt";

    public static IEnumerable<Objection> OnceEach(Evidence evidence)
    {
        var made = evidence.History.Runs.Select(story => story.Run).Where(run => run.Schedule is not null).ToLookup(run => run.Schedule!);
        foreach (var schedule in evidence.History.Schedules)
        {
            var ticks = made[schedule.Name].ToLookup(TickOf);
            foreach (var at in schedule.Ticks.Where(at => !ticks.Contains(at))) yield return new Objection(null, $"Schedule {schedule.Name} missed its tick at {at:HH:mm:ss.fff}.");
            var expected = schedule.Ticks.ToHashSet();
            foreach (var tick in ticks)
            {
                if (tick.Count() > 1)
                    yield return new Objection(tick.First().Id, $"Schedule {schedule.Name} ticked {tick.Count()} times at {tick.Key:HH:mm:ss.fff}: {string.Join(", ", tick.Select(run => run.Id))}.");
                if (tick.Key is not { } at || !expected.Contains(at))
                    yield return new Objection(tick.First().Id, $"Schedule {schedule.Name} ticked at {tick.Key:HH:mm:ss.fff}, which is none of its times.");
            }
        }

        var names = evidence.History.Schedules.Select(schedule => schedule.Name).ToHashSet();
        foreach (var run in made.Where(schedule => !names.Contains(schedule.Key)).SelectMany(runs => runs))
            yield return new Objection(run.Id, $"It is of schedule {run.Schedule}, which nobody made.");
    }

    private static DateTimeOffset? TickOf(Run run) =>
        run.Meta.TryGetValue(TickMeta, out var text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var at) ? at : null;
}
