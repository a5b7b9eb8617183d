using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Fleet.Bench.Reporting;

/// <summary>The options that several commands share.</summary>
internal static class Axes
{
    public static Option<bool> Json() => new("--json") { Description = "One JSON document instead of a table." };

    public static Option<int> Rounds() => new("--rounds") { Description = "How many rounds are measured; the median counts.", DefaultValueFactory = _ => 3 };

    /// <summary>Numbers, separated by commas.</summary>
    public static Option<IReadOnlyList<int>> Numbers(string name, string description, params int[] defaults) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => defaults,
        CustomParser = result => ParseNumbers(result.Tokens[0].Value) ?? Refuse<IReadOnlyList<int>>(result, $"{name} takes positive numbers, such as 1,2,4."),
    };

    /// <summary>Whether Redis writes its append-only file: on, off, or both, one after the other.</summary>
    /// <param name="isBoth">Whether it is both, where nothing is said; otherwise it is on.</param>
    public static Option<IReadOnlyList<bool>> AppendOnly(bool isBoth = true) => new("--aof")
    {
        Description = "Redis with the append-only file: on (everysec), off, or both.",
        DefaultValueFactory = _ => isBoth ? [true, false] : [true],
        CustomParser = result => result.Tokens[0].Value switch
        {
            "on" => [true],
            "off" => [false],
            "both" => [true, false],
            _ => Refuse<IReadOnlyList<bool>>(result, "--aof is on, off or both."),
        },
    };

    /// <summary>Some of these words, separated by commas.</summary>
    public static Option<IReadOnlyList<string>> Words(string name, string description, IReadOnlyList<string> known, params string[] defaults) => new(name)
    {
        Description = $"{description} ({string.Join(", ", known)})",
        DefaultValueFactory = _ => defaults,
        CustomParser = result =>
        {
            var words = Split(result.Tokens[0].Value);
            return words.Length > 0 && words.All(known.Contains)
                ? words
                : Refuse<IReadOnlyList<string>>(result, $"{name} takes {string.Join(", ", known)}; several are separated by commas.");
        },
    };

    internal static IReadOnlyList<int>? ParseNumbers(string text)
    {
        var numbers = new List<int>();
        foreach (var part in Split(text))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) return null;
            numbers.Add(number);
        }

        return numbers.Count == 0 ? null : numbers;
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static T? Refuse<T>(ArgumentResult result, string message) where T : class
    {
        result.AddError(message);
        return null;
    }
}
