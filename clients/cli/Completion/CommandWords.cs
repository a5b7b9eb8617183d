using System.CommandLine;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Completion;

/// <summary>A command as a shell completes it: its place, and the words that may follow it.</summary>
/// <param name="Place">Its name and those above it, such as <c>schedules pause</c>; empty for the client itself.</param>
/// <param name="Subcommands">The commands below it, each with its description.</param>
/// <param name="Options">Its options, each with its description.</param>
internal sealed record CommandWords(string Place, IReadOnlyList<Word> Subcommands, IReadOnlyList<Word> Options)
{
    /// <summary>All commands, from the client itself on.</summary>
    public static IEnumerable<CommandWords> Of(Command root) => Of(root, "", []);

    /// <summary>The values of options that take one of a few, by the option's spellings.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Values { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["--state -s"] = [.. RunStates.All.Select(state => state.Name())],
        ["--priority"] = [.. Priorities.All.Select(priority => priority.Name())],
        ["--overlap"] = [.. Overlaps.Names],
        ["--missed"] = [.. MissedTicks.Names],
        ["--columns -c"] = [.. RunColumns.Names],
    };

    /// <summary>The options whose value a shell completes as files.</summary>
    public static string Files => "--file -f";

    private static IEnumerable<CommandWords> Of(Command command, string place, IEnumerable<Option> inherited)
    {
        var recursive = inherited.Concat(command.Options.Where(option => option.Recursive)).ToList();
        yield return new CommandWords(
            place,
            [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => new Word(sub.Name, Summary(sub.Description)))],
            [.. command.Options.Concat(recursive).Distinct().Where(option => !option.Hidden)
                .SelectMany(option => option.Aliases.Append(option.Name).Where(IsOption).Select(name => new Word(name, Summary(option.Description))))
                .DistinctBy(word => word.Text).OrderBy(word => word.Text, StringComparer.Ordinal)]);
        foreach (var below in command.Subcommands.SelectMany(sub => Of(sub, $"{place} {sub.Name}".TrimStart(), recursive))) yield return below;
    }

    // Not the spellings of other systems, such as /?.
    private static bool IsOption(string name) => name.StartsWith('-') && name != "-?";

    /// <summary>The first sentence, without what shells would take for more than text.</summary>
    private static string Summary(string? text)
    {
        var plain = new string([.. (text ?? "").Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or ',' or '-' or '.')]);
        var end = plain.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? plain : plain[..end]).TrimEnd('.');
    }
}

/// <summary>A word that may be typed.</summary>
internal sealed record Word(string Text, string Description);
