using System.CommandLine;
using System.Text.Json;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet schedules put</c> and <c>add</c>: creates a schedule, or replaces it, from options or from a file.</summary>
internal static class SchedulePutCommand
{
    /// <summary>Creates a schedule or replaces it.</summary>
    public static Command Put(SessionFactory sessions) => Create(sessions, replaces: true, "put", "Create a schedule, or replace it as a whole. Shows when it ticks next.",
        "fleet schedules put nightly --cron '30 2 * * *' --zone Europe/Berlin --job report --overlap skip");

    /// <summary>Creates a schedule, and leaves one of that name alone.</summary>
    public static Command Add(SessionFactory sessions) => Create(sessions, replaces: false, "add", "Create a schedule that is not there yet. Shows when it ticks next.",
        "fleet schedules add nightly --cron '0 3 * * *' --zone Europe/Berlin --job report");

    private static FleetCommand Create(SessionFactory sessions, bool replaces, string command, string description, string example)
    {
        var name = SchedulesCommand.Name();
        var file = new Option<string?>("--file", "-f") { Description = "The whole schedule as JSON, as 'show --json' prints it; - for standard input. Options given beside it win", HelpName = "FILE|-" };
        var cron = new Option<string?>("--cron") { Description = "When it ticks: minute hour day month weekday, or @daily and its like", HelpName = "CRON" };
        var every = new Option<string?>("--every") { Description = "Instead: how long from tick to tick: 30s, 15m, 2h, 00:05:00", HelpName = "DURATION" };
        var zone = new Option<string?>("--zone") { Description = "The time zone that --cron is read in, such as Europe/Berlin. Default: UTC", HelpName = "ZONE" };
        var job = new Option<string?>("--job", "-j") { Description = "The job of its runs", HelpName = "JOB" };
        var input = new Option<string?>("--input", "-i") { Description = "What the job gets, as JSON; @FILE reads a file, - standard input. Default: {}", HelpName = "JSON|@FILE|-" };
        var queue = new Option<string?>("--queue", "-q") { Description = "The queue. Default: the job's", HelpName = "QUEUE" };
        var priority = new Option<string?>("--priority") { Description = "critical, high, normal or low. Default: the job's", HelpName = "PRIORITY" };
        var attempts = new Option<string?>("--attempts") { Description = "How many attempts each run may use. Default: the job's", HelpName = "N" };
        var timeout = new Option<string?>("--timeout") { Description = "How long an attempt may take. Default: the job's", HelpName = "DURATION" };
        var tags = new Option<string[]>("--tag", "-t") { Description = "A word to find its runs by; may be given several times", HelpName = "TAG" };
        var overlap = new Option<string?>("--overlap") { Description = "While an earlier run is not final: allow, skip, queue-one or cancel-previous. Default: allow", HelpName = "WHAT" };
        var missed = new Option<string?>("--missed") { Description = "Ticks that could not be made in time: latest, skip or all. Default: latest", HelpName = "WHAT" };
        var jitter = new Option<string?>("--jitter") { Description = "Put each run off by a part of this", HelpName = "DURATION" };
        var start = new Option<string?>("--start") { Description = "No tick before this", HelpName = "TIME" };
        var end = new Option<string?>("--end") { Description = "No tick after this", HelpName = "TIME" };
        var paused = new Option<bool>("--paused") { Description = "Paused, until it is resumed. Default: as it was" };

        return new FleetCommand(command, description, example)
        {
            name, file, cron, every, zone, job, input, queue, priority, attempts, timeout, tags, overlap, missed, jitter, start, end, paused,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var given = await ReadAsync(parsed.GetValue(file), session.Host, cancellation);
            var schedule = given with
            {
                // Whoever says one of the two does not mean the other.
                Cron = parsed.GetValue(cron) ?? (parsed.GetValue(every) is null ? given.Cron : null),
                Every = Durations.Read(parsed.GetValue(every), "--every") ?? (parsed.GetValue(cron) is null ? given.Every : null),
                Zone = parsed.GetValue(zone) ?? given.Zone,
                Job = parsed.GetValue(job) ?? given.Job,
                Input = await JsonInput.ReadAsync(parsed.GetValue(input), session.Host, cancellation) ?? given.Input,
                Queue = parsed.GetValue(queue) ?? given.Queue,
                Priority = Choices.Priority(parsed.GetValue(priority)) ?? given.Priority,
                MaxAttempts = Numbers.Read(parsed.GetValue(attempts), "--attempts") ?? given.MaxAttempts,
                Timeout = Durations.Read(parsed.GetValue(timeout), "--timeout") ?? given.Timeout,
                Tags = parsed.GetValue(tags) is { Length: > 0 } words ? words : given.Tags,
                Overlap = Choices.Overlap(parsed.GetValue(overlap)) ?? given.Overlap,
                Missed = Choices.Missed(parsed.GetValue(missed)) ?? given.Missed,
                Jitter = Durations.Read(parsed.GetValue(jitter), "--jitter") ?? given.Jitter,
                Start = Durations.ReadTime(parsed.GetValue(start), "--start") ?? given.Start,
                End = Durations.ReadTime(parsed.GetValue(end), "--end") ?? given.End,
                Paused = parsed.GetValue(paused) ? true : given.Paused,
            };
            var which = parsed.GetRequiredValue(name);
            if (!replaces && await IsThereAsync(session.Client, which, cancellation))
                throw new UsageException($"There is a schedule '{which}' already. To replace it: ./fleet schedules put {which} …");
            var stored = await session.Client.PutScheduleAsync(which, schedule, cancellation);
            if (session.Json) JsonText.Document(session.Host, stored);
            else ScheduleText.Stored(session.Out, stored);
            return ExitCode.Fine;
        });
    }

    private static async Task<bool> IsThereAsync(FleetClient client, string name, CancellationToken cancellation)
    {
        try
        {
            await client.GetScheduleAsync(name, cancellation);
            return true;
        }
        catch (FleetApiException e) when (e.Status == 404)
        {
            return false;
        }
    }

    /// <summary>A schedule from a file. It may bear the name of another one, whose copy it is to be.</summary>
    private static async Task<NewSchedule> ReadAsync(string? file, CliHost host, CancellationToken cancellation)
    {
        if (file is null) return new NewSchedule();
        if (await JsonInput.ReadAsync(file == "-" ? file : $"@{file}", host, cancellation, "--file") is not { } json) return new NewSchedule();
        try
        {
            return (json.Deserialize<NewSchedule>(FleetJson.Options) ?? new NewSchedule()) with { Name = null };
        }
        catch (JsonException e)
        {
            throw new UsageException($"--file '{file}' is no schedule: {e.Message}");
        }
    }
}
