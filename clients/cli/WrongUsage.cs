using System.CommandLine;
using System.CommandLine.Parsing;

namespace Fleet.Cli;

/// <summary>Says what is wrong with a command line, and which word was probably meant.</summary>
internal static class WrongUsage
{
    /// <summary>What the script has besides everything here.</summary>
    private static readonly string[] OfScript = ["up", "api", "worker", "notifier", "test", "bench"];

    public static IEnumerable<string> Explain(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var isOption = unknown.StartsWith('-');
            string[] known = [.. isOption ? Options(parsed) : command.Subcommands.Select(sub => sub.Name)];
            var kind = isOption ? "option" : known.Length > 0 ? "command" : null;
            yield return kind is null ? $"'{unknown}' is one argument too many for '{NameOf(command)}'. Does something need quotes?"
                : kind == "command" && NameOf(command) == "fleet" && OfScript.Contains(unknown) ? $"'{unknown}' is a command of the script ./fleet in Fleet's own folder, not of this client."
                : $"There is no {kind} '{unknown}'.{(Nearest(unknown, known) is { } near ? $" Did you mean '{near}'?" : "")}";
        }
        else
        {
            foreach (var error in parsed.Errors.Select(Describe).Distinct()) yield return error;
        }

        yield return $"See: {NameOf(command)} --help";
    }

    private static string Describe(ParseError error) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0, Argument: var missing, Parent: CommandResult { Command: var command } } => $"'{NameOf(command)}' needs <{missing.Name}>.",
        CommandResult { Command: var command } when command.Arguments is [var missing, ..] => $"'{NameOf(command)}' needs <{missing.Name}>.",
        _ => error.Message,
    };

    /// <summary>What one types for a command: <c>fleet schedules pause</c>.</summary>
    private static string NameOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)} {command.Name}" : "fleet";

    /// <summary>The known word that a typed one was probably meant to be; null when none is near.</summary>
    internal static string? Nearest(string typed, IEnumerable<string> known) => known
        .Select(word => (word, distance: word.StartsWith(typed, StringComparison.Ordinal) ? 0 : Distance(typed, word)))
        .Where(candidate => candidate.distance <= Math.Max(1, candidate.word.Length / 3))
        .OrderBy(candidate => candidate.distance)
        .Select(candidate => candidate.word)
        .FirstOrDefault();

    private static IEnumerable<string> Options(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)))
            .SelectMany(option => option.Aliases.Append(option.Name));
    }

    /// <summary>How many letters must be added, removed, changed or swapped with their neighbour to make one word of the other.</summary>
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(change, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
