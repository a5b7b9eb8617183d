namespace Fleet.Faults.Checking;

/// <summary>What schedules must have created.</summary>
internal static class ScheduleChecks
{
    public static IEnumerable<Objection> OnceEach(Evidence evidence)
    {
        foreach (var schedule in evidence.History.Schedules)
        {
            var ticks = schedule.Ticks.ToLookup(tick => tick.At);
            foreach (var at in schedule.Expected.Where(at => !ticks.Contains(at)))
                yield return new Objection(null, $"Schedule {schedule.Name} missed its tick at {at:HH:mm:ss.fff}.");
            var expected = schedule.Expected.ToHashSet();
            foreach (var tick in ticks)
            {
                if (tick.Count() > 1)
                    yield return new Objection(tick.First().Run, $"Schedule {schedule.Name} ticked {tick.Count()} times at {tick.Key:HH:mm:ss.fff}: {string.Join(", ", tick.Select(t => t.Run))}.");
                if (!expected.Contains(tick.Key))
                    yield return new Objection(tick.First().Run, $"Schedule {schedule.Name} ticked at {tick.Key:HH:mm:ss.fff}, which is none of its times.");
            }
        }
    }
}
