using System.CommandLine;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet workers</c>: the workers and what they do.</summary>
internal static class WorkersCommand
{
    public static Command Create(SessionFactory sessions) =>
        new FleetCommand("workers", "List the workers and how busy they are.", "fleet workers")
            .Does(sessions, async (_, session, cancellation) =>
            {
                var workers = await session.Client.ListWorkersAsync(cancellation);
                if (session.Json) JsonText.Document(session.Host, new Page<WorkerInfo>(workers, Next: null));
                else if (workers.Count > 0) CatalogueText.Workers(session.Out, workers, session.Host.Time.GetUtcNow());
                else session.Messages.Line("No workers: queued runs wait until one starts. Start one: ./fleet worker");
                return ExitCode.Fine;
            });
}
