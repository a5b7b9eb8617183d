using System.CommandLine;
using Fleet.Cli.Rendering;
using Fleet.Cli.Watching;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet schedules</c>: the rules that create runs at times; its subcommands change them.</summary>
internal static class SchedulesCommand
{
    public static Command Create(SessionFactory sessions) =>
        new FleetCommand("schedules", "List the schedules, or show and change one.", "fleet schedules add nightly --cron '0 3 * * *' --zone Europe/Berlin --job report")
        {
            Show(sessions), SchedulePutCommand.Add(sessions), SchedulePutCommand.Put(sessions), Pause(sessions), Resume(sessions), Trigger(sessions), Delete(sessions),
        }.Does(sessions, async (_, session, cancellation) =>
        {
            var schedules = await session.Client.ListSchedulesAsync(cancellation);
            if (session.Json) JsonText.Document(session.Host, new Page<Schedule>(schedules, Next: null));
            else if (schedules.Count > 0) ScheduleText.Table(session.Out, schedules, session.Host.Time.GetUtcNow());
            else session.Messages.Line("No schedules yet. Make one: ./fleet schedules add NAME --cron '30 2 * * *' --job JOB");
            return ExitCode.Fine;
        });

    public static Argument<string> Name() => new("NAME") { Description = "The schedule's name" };

    private static FleetCommand Show(SessionFactory sessions)
    {
        var name = Name();
        return new FleetCommand("show", "Show a schedule and the next ten times at which it ticks.", "fleet schedules show nightly")
        {
            name,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var schedule = await session.Client.GetScheduleAsync(parsed.GetRequiredValue(name), cancellation);
            if (session.Json) JsonText.Document(session.Host, schedule);
            else ScheduleText.Details(session.Out, schedule);
            return ExitCode.Fine;
        });
    }

    private static FleetCommand Pause(SessionFactory sessions)
    {
        var name = Name();
        return new FleetCommand("pause", "Stop a schedule until it is resumed.", "fleet schedules pause nightly")
        {
            name,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var schedule = await session.Client.PauseScheduleAsync(parsed.GetRequiredValue(name), cancellation);
            if (session.Json) JsonText.Document(session.Host, schedule);
            else session.Out.Line($"{schedule.Name} is paused.");
            return ExitCode.Fine;
        });
    }

    private static FleetCommand Resume(SessionFactory sessions)
    {
        var name = Name();
        return new FleetCommand("resume", "Let a paused schedule tick again.", "fleet schedules resume nightly")
        {
            name,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var schedule = await session.Client.ResumeScheduleAsync(parsed.GetRequiredValue(name), cancellation);
            if (session.Json) JsonText.Document(session.Host, schedule);
            else session.Out.Line(ScheduleText.Outlook(schedule));
            return ExitCode.Fine;
        });
    }

    private static FleetCommand Trigger(SessionFactory sessions)
    {
        var name = Name();
        var wait = new Option<bool>("--wait") { Description = "Wait for the run's end and print its output; exit code 1 unless it succeeds" };
        var watch = new Option<bool>("--watch", "-w") { Description = "Show live what the run does; exit code 1 unless it succeeds" };
        return new FleetCommand("trigger", "Have a schedule create a run now. Prints the run's id.", "fleet schedules trigger nightly --watch")
        {
            name, wait, watch,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var run = await session.Client.TriggerScheduleAsync(parsed.GetRequiredValue(name), cancellation);
            if (parsed.GetValue(watch)) return await new Watch(session, [new WatchedRun(run.Id, run.Job)]).FollowAsync(cancellation);
            if (parsed.GetValue(wait)) return await Waiting.ForEndAsync(session, run, timeout: null, cancellation);
            if (session.Json) JsonText.Document(session.Host, run);
            else session.Out.Line(run.Id.ToString());
            return ExitCode.Fine;
        });
    }

    private static FleetCommand Delete(SessionFactory sessions)
    {
        var name = Name();
        return new FleetCommand("delete", "Forget a schedule. The runs that it created stay.", "fleet schedules delete nightly")
        {
            name,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var which = parsed.GetRequiredValue(name);
            await session.Client.DeleteScheduleAsync(which, cancellation);
            if (session.Json) JsonText.Document(session.Host, new { name = which, deleted = true });
            else session.Out.Line($"{which} is deleted.");
            return ExitCode.Fine;
        });
    }
}
