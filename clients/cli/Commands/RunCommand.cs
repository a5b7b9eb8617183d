using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;
using Fleet.Cli.Watching;
using Fleet.Client;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet run</c>: has a run taken, and waits for its end or watches it where asked to.</summary>
internal static class RunCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var job = new Argument<string>("JOB") { Description = "The job's name, as 'fleet jobs' lists it" };
        var input = new Option<string?>("--input", "-i") { Description = "What the job gets, as JSON; @FILE reads a file, - standard input. Default: {}", HelpName = "JSON|@FILE|-" };
        var queue = new Option<string?>("--queue", "-q") { Description = "The queue. Default: the job's", HelpName = "QUEUE" };
        var priority = new Option<string?>("--priority") { Description = "critical, high, normal or low. Default: the job's", HelpName = "PRIORITY" };
        var delay = new Option<string?>("--delay") { Description = "Queue it only after this long: 30, 90s, 15m, 2h, 00:05:00", HelpName = "DURATION" };
        var attempts = new Option<string?>("--attempts") { Description = "How many attempts it may use. Default: the job's", HelpName = "N" };
        var tags = new Option<string[]>("--tag", "-t") { Description = "A word to find it by; may be given several times", HelpName = "TAG" };
        var key = new Option<string?>("--key") { Description = "Submitting again with the same key takes no second run", HelpName = "IDEMPOTENCY_KEY" };
        var durability = new Option<string?>("--durability") { Description = "redis, or replicated:N: print its id only once N replicas have it", HelpName = "DURABILITY" };
        var wait = new Option<bool>("--wait") { Description = "Wait for its end and print its output; exit code 1 unless it succeeds" };
        var watch = new Option<bool>("--watch", "-w") { Description = "Show live what it does; exit code 1 unless it succeeds" };

        return new FleetCommand(
            "run",
            "Have a run of a job taken. Prints its id.",
            "fleet run text.stats --input '{\"text\":\"to be or not to be\"}' --watch")
        {
            job, input, queue, priority, delay, attempts, tags, key, durability, wait, watch,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var request = new NewRun
            {
                Job = parsed.GetValue(job),
                Input = await JsonInput.ReadAsync(parsed.GetValue(input), session.Host, cancellation),
                Queue = parsed.GetValue(queue),
                Priority = Choices.Priority(parsed.GetValue(priority)),
                Delay = Durations.Read(parsed.GetValue(delay), "--delay"),
                MaxAttempts = Numbers.Read(parsed.GetValue(attempts), "--attempts"),
                Tags = parsed.GetValue(tags) is { Length: > 0 } words ? words : null,
                Durability = parsed.GetValue(durability),
            };
            var submission = await session.Client.SubmitAsync(request, parsed.GetValue(key), cancellation);
            if (submission.Deduplicated) session.Messages.Line("No new run was taken: this is the earlier one with that key.", Tint.Warning);
            if (parsed.GetValue(watch))
                return await new Watch(session, [new WatchedRun(submission.Run.Id, submission.Run.Job)]).FollowAsync(cancellation);
            if (parsed.GetValue(wait)) return await Waiting.ForEndAsync(session, submission.Run, timeout: null, cancellation);
            Report(session, submission);
            return ExitCode.Fine;
        });
    }

    private static void Report(Session session, Submission submission)
    {
        var run = submission.Run;
        if (session.Json)
        {
            JsonText.Document(session.Host, run);
            return;
        }

        // The id alone, so that a script can take it; the rest is for whoever looks on.
        session.Out.Line(run.Id.ToString());
        if (session.Messages.IsTerminal) session.Messages.Line($"{run.Job} is {run.State.Name()}. Watch it: ./fleet watch {run.Id}", Tint.Faint);
    }
}
