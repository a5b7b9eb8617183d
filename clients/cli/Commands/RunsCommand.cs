using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Pages;
using Fleet.Cli.Rendering;
using Fleet.Cli.Watching;
using Fleet.Client;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet runs</c>: lists runs, newest first.</summary>
internal static class RunsCommand
{
    private const int DefaultLimit = 20;

    /// <summary>The most that the API puts on one page.</summary>
    private const int MostOnPage = 200;

    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    public static Command Create(SessionFactory sessions)
    {
        var state = new Option<string?>("--state", "-s") { Description = "Only runs in this state", HelpName = "STATE" };
        var job = new Option<string?>("--job", "-j") { Description = "Only runs of this job", HelpName = "JOB" };
        var queue = new Option<string?>("--queue", "-q") { Description = "Only runs of this queue", HelpName = "QUEUE" };
        var tag = new Option<string?>("--tag", "-t") { Description = "Only runs with this tag", HelpName = "TAG" };
        var schedule = new Option<string?>("--schedule") { Description = "Only runs that this schedule created", HelpName = "NAME" };
        var since = new Option<string?>("--since") { Description = "Only runs since a time, or since so long ago: 15m, 2h, 1d", HelpName = "TIME" };
        var until = new Option<string?>("--until") { Description = "Only runs before a time, or before so long ago", HelpName = "TIME" };
        var columns = new Option<string?>("--columns", "-c") { Description = $"Which columns, with commas between them: {string.Join(", ", RunColumns.Names)}", HelpName = "NAMES" };
        var watch = new Option<bool>("--watch", "-w") { Description = "Keep the list up to date on the whole screen; q quits. Into a pipe: a line whenever a run moves on" };
        var limit = new Option<string?>("--limit", "-n") { Description = $"How many at most. Default: {DefaultLimit}", HelpName = "N" };

        return new FleetCommand("runs", "List runs, newest first.", "fleet runs --state failed --since 1h --columns id,job,error")
        {
            state, job, queue, tag, schedule, since, until, limit, columns, watch,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var most = Numbers.Read(parsed.GetValue(limit), "--limit") ?? DefaultLimit;
            var shown = RunColumns.Read(parsed.GetValue(columns));
            var query = new RunQuery
            {
                State = Choices.State(parsed.GetValue(state)),
                Job = parsed.GetValue(job),
                Queue = parsed.GetValue(queue),
                Tag = parsed.GetValue(tag),
                Schedule = parsed.GetValue(schedule),
                Since = Durations.ReadMoment(parsed.GetValue(since), "--since", session.Host.Time),
                Until = Durations.ReadMoment(parsed.GetValue(until), "--until", session.Host.Time),
            };
            if (parsed.GetValue(watch)) return await WatchAsync(session, stop => ReadAsync(session.Client, query, most, stop), shown, cancellation);
            var page = await ReadAsync(session.Client, query, most, cancellation);
            if (session.Json) JsonText.Document(session.Host, page);
            else if (page.Items.Count > 0) shown.Write(session.Out, page.Items, session.Host.Time.GetUtcNow());
            else session.Messages.Line("No such runs. Start one: ./fleet run JOB");

            if (!session.Json && page.Next is not null && session.Messages.IsTerminal)
                session.Messages.Line($"These are the newest {most}; --limit {most * 5} shows more.", Tint.Faint);
            return ExitCode.Fine;
        });
    }

    private static Task<int> WatchAsync(Session session, Func<CancellationToken, Task<Page<Run>>> readAsync, RunColumns columns, CancellationToken cancellation)
    {
        if (session.Json || !session.Out.IsTerminal) return new RunListStream(session, Refresh, readAsync).FollowAsync(cancellation);
        return new LivePage<Page<Run>>(session, Refresh, readAsync, (runs, frame) =>
            [frame.Head($"fleet runs  {session.Url}"), [], .. columns.ToGrid(runs.Items, frame.Now).Lines(Math.Max(frame.Height - 3, 1))]).ShowAsync(cancellation);
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
