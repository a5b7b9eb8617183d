using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet runs</c>: lists runs, newest first.</summary>
internal static class RunsCommand
{
    private const int DefaultLimit = 20;

    /// <summary>The most that the API puts on one page.</summary>
    private const int MostOnPage = 200;

    public static Command Create(SessionFactory sessions)
    {
        var state = new Option<string?>("--state", "-s") { Description = "Only runs in this state", HelpName = "STATE" };
        var job = new Option<string?>("--job", "-j") { Description = "Only runs of this job", HelpName = "JOB" };
        var queue = new Option<string?>("--queue", "-q") { Description = "Only runs of this queue", HelpName = "QUEUE" };
        var tag = new Option<string?>("--tag", "-t") { Description = "Only runs with this tag", HelpName = "TAG" };
        var since = new Option<string?>("--since") { Description = "Only runs since a time, or since so long ago: 15m, 2h, 1d", HelpName = "TIME" };
        var limit = new Option<string?>("--limit", "-n") { Description = $"How many at most. Default: {DefaultLimit}", HelpName = "N" };

        return new FleetCommand("runs", "List runs, newest first.", "fleet runs --state failed --since 1h")
        {
            state, job, queue, tag, since, limit,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var most = Numbers.Read(parsed.GetValue(limit), "--limit") ?? DefaultLimit;
            var query = new RunQuery
            {
                State = Choices.State(parsed.GetValue(state)),
                Job = parsed.GetValue(job),
                Queue = parsed.GetValue(queue),
                Tag = parsed.GetValue(tag),
                Since = Durations.ReadMoment(parsed.GetValue(since), "--since", session.Host.Time),
            };
            var page = await ReadAsync(session.Client, query, most, cancellation);
            if (session.Json) JsonText.Document(session.Host, page);
            else if (page.Items.Count > 0) RunText.Table(session.Out, page.Items, session.Host.Time.GetUtcNow());
            else session.Messages.Line("No such runs. Start one: ./fleet run JOB");

            if (!session.Json && page.Next is not null && session.Messages.IsTerminal)
                session.Messages.Line($"These are the newest {most}; --limit {most * 5} shows more.", Tint.Faint);
            return ExitCode.Fine;
        });
    }

    private static async Task<Page<Run>> ReadAsync(FleetClient client, RunQuery query, int most, CancellationToken cancellation)
    {
        var runs = new List<Run>();
        string? next;
        do
        {
            var page = await client.ListRunsAsync(query with { Limit = Math.Min(most - runs.Count, MostOnPage) }, cancellation);
            runs.AddRange(page.Items);
            next = page.Next;
            query = query with { Cursor = next };
        }
        while (next is not null && runs.Count < most);
        return new Page<Run>(runs, next);
    }
}
