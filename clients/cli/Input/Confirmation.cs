using System.CommandLine;

namespace Fleet.Cli.Input;

/// <summary>Asks before something is done that cannot be undone.</summary>
internal static class Confirmation
{
    public static Option<bool> Option() => new("--yes", "-y") { Description = "Do not ask. Needed where nobody can be asked" };

    /// <summary>Whether it may be done: <c>--yes</c> says so, or the person at the terminal.</summary>
    /// <exception cref="UsageException">Nobody can be asked.</exception>
    public static async Task<bool> AskAsync(Session session, bool yes, string question, CancellationToken cancellation)
    {
        if (yes) return true;
        if (!session.Host.InIsTerminal || !session.Messages.IsTerminal)
            throw new UsageException($"{question} Nobody is here to be asked: say so with --yes.");
        session.Messages.Write($"{question} [y/N] ");
        var answer = await session.Host.In().ReadLineAsync(cancellation);
        if (answer?.Trim().ToUpperInvariant() is "Y" or "YES") return true;
        session.Messages.Line("Nothing was done.");
        return false;
    }
}
