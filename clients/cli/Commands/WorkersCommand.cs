using System.CommandLine;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet workers</c>: the workers and what they do; its subcommand drains one.</summary>
internal static class WorkersCommand
{
    public static Command Create(SessionFactory sessions) =>
        new FleetCommand("workers", "List the workers and how busy they are, or drain one.", "fleet workers drain laptop-4711-9403")
        {
            Drain(sessions),
        }.Does(sessions, async (_, session, cancellation) =>
        {
            var workers = await session.Client.ListWorkersAsync(cancellation);
            if (session.Json) JsonText.Document(session.Host, new Page<WorkerInfo>(workers, Next: null));
            else if (workers.Count > 0) CatalogueText.Workers(session.Out, workers, session.Host.Time.GetUtcNow());
            else session.Messages.Line("No workers: queued runs wait until one starts. Start one: ./fleet worker");
            return ExitCode.Fine;
        });

    private static FleetCommand Drain(SessionFactory sessions)
    {
        var id = new Argument<string>("WORKER") { Description = "The worker's name" };
        return new FleetCommand("drain", "Have a worker take nothing more until it is started anew. What it runs goes on.", "fleet workers drain laptop-4711-9403")
        {
            id,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var worker = await session.Client.DrainWorkerAsync(parsed.GetRequiredValue(id), cancellation);
            if (session.Json) JsonText.Document(session.Host, worker);
            else session.Out.Line($"{worker.Id} drains: it takes nothing more. Once './fleet workers' shows it at 0/{worker.Slots}, it can be stopped without disturbing anything.");
            return ExitCode.Fine;
        });
    }
}
