using Fleet.Cli.Rendering;

namespace Fleet.Cli.Watching;

/// <summary>Waits for a run's end and shows what came of it.</summary>
internal static class Waiting
{
    public static async Task<int> ForEndAsync(Session session, Run run, TimeSpan? timeout, CancellationToken cancellation)
    {
        if (!run.State.IsFinal())
        {
            if (session.Messages.IsTerminal) session.Messages.Line($"{run.Id}  {run.Job} is {run.State.Name()}; waiting for its end.", Tint.Faint);
            try
            {
                run = await session.Client.WaitAsync(run.Id, timeout, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                session.Messages.Line("Stopped waiting; the run goes on. To wait again:");
                session.Messages.Line($"  ./fleet wait {run.Id}");
                return ExitCode.Interrupted;
            }
        }

        if (session.Json) JsonText.Document(session.Host, run);
        else if (run.State.IsFinal()) ResultText.Write(session.Out, session.Messages, run);

        if (run.State == RunState.Succeeded) return ExitCode.Fine;
        session.Messages.Line(
            run.State.IsFinal() ? $"{run.Id} {(run.State == RunState.Failed ? "" : "is ")}{run.State.Name()}." : $"{run.Id} is still {run.State.Name()} after {TimeText.Duration(timeout ?? default)}.",
            Tints.Of(run.State));
        return ExitCode.RunFailed;
    }
}
