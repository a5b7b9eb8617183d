using System.Globalization;
using System.Text.Json;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;
using Fleet.Cli.Watching;

namespace Fleet.Cli.Commands;

/// <summary>Has something done to many runs: says to how many, asks, and shows how far it is.</summary>
internal sealed class BulkWork(Session session, BulkRequest request)
{
    private BulkAction Action => request.Action!.Value;

    /// <summary>The action's name on the command line and on the wire.</summary>
    public static string Name(BulkAction action) => action switch
    {
        BulkAction.Retry => "retry",
        BulkAction.Cancel => "cancel",
        _ => "delete",
    };

    public async Task<int> DoAsync(bool dryRun, bool noWait, bool yes, CancellationToken cancellation)
    {
        var preview = await session.Client.BulkAsync(request with { DryRun = true }, cancellation);
        if (dryRun)
        {
            if (session.Json) JsonText.Document(session.Host, preview);
            else session.Out.Line($"{Runs(preview.Matched)} would be {Done}.");
            return ExitCode.Fine;
        }

        // Where none match there is nothing to ask about, and the answer is the same for programs as any other.
        if (preview.Matched == 0 && !session.Json)
        {
            session.Messages.Line("No such runs.");
            return ExitCode.Fine;
        }

        var question = $"{char.ToUpperInvariant(Name(Action)[0])}{Name(Action)[1..]} {Runs(preview.Matched)}?";
        if (preview.Matched > 0 && !await Confirmation.AskAsync(session, yes, question, cancellation)) return ExitCode.Fine;
        var receipt = await session.Client.BulkAsync(request, cancellation);
        if (!noWait) return await FollowAsync(session, receipt.Run!.Value, Done, cancellation);
        if (session.Json) JsonText.Document(session.Host, receipt);
        else session.Out.Line(receipt.Run!.Value.ToString());
        return ExitCode.Fine;
    }

    /// <summary>Shows what a background run does, and in the end what came of it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="id">The run.</param>
    /// <param name="done">What it does to runs, in the past: <c>cancelled</c>.</param>
    /// <param name="cancellation">Stops looking; the run goes on.</param>
    public static async Task<int> FollowAsync(Session session, RunId id, string done, CancellationToken cancellation)
    {
        var run = await session.Client.GetRunAsync(id, cancellation);
        if (session.Json) return await Waiting.ForEndAsync(session, run, timeout: null, cancellation);
        var exit = await new Watch(session, [new WatchedRun(id, run.Job)]).FollowAsync(cancellation);
        if (exit == ExitCode.Interrupted) return exit;

        run = await session.Client.GetRunAsync(id, cancellation);
        if (run.Output?.Deserialize<BulkOutcome>(FleetJson.Options) is { } outcome)
        {
            session.Messages.Line($"{Runs(outcome.Changed)} {(outcome.Changed == 1 ? "was" : "were")} {done}"
                + (outcome.Skipped > 0 ? $"; {Runs(outcome.Skipped)} had moved on and could not be." : "."));
        }

        return exit;
    }

    public static string Runs(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {(count == 1 ? "run" : "runs")}");

    private string Done => Action switch
    {
        BulkAction.Retry => "retried",
        BulkAction.Cancel => "cancelled",
        _ => "deleted",
    };
}
