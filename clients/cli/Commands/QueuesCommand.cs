using System.CommandLine;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet queues</c>: the queues and how full they are.</summary>
internal static class QueuesCommand
{
    public static Command Create(SessionFactory sessions) =>
        new FleetCommand("queues", "List the queues and how full they are.", "fleet queues")
            .Does(sessions, async (_, session, cancellation) =>
            {
                var queues = await session.Client.ListQueuesAsync(cancellation);
                if (session.Json) JsonText.Document(session.Host, new Page<QueueInfo>(queues, Next: null));
                else if (queues.Count > 0) CatalogueText.Queues(session.Out, queues);
                else session.Messages.Line("No queues yet: a queue exists from its first run on.");
                return ExitCode.Fine;
            });
}
