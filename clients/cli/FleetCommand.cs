using System.CommandLine;

namespace Fleet.Cli;

/// <summary>A command of the command line, with an example for its help.</summary>
internal sealed class FleetCommand(string name, string description, string example) : Command(name, description)
{
    public string Example { get; } = example;

    /// <summary>Says what the command does; the session it gets knows the server and the output.</summary>
    public FleetCommand Does(SessionFactory sessions, Func<ParseResult, Session, CancellationToken, Task<int>> action)
    {
        SetAction(async (parsed, cancellation) =>
        {
            using var session = sessions.Open(parsed);
            return await action(parsed, session, cancellation);
        });
        return this;
    }
}
