using System.Text;
using System.Text.RegularExpressions;

namespace Fleet.Cli.Rendering;

/// <summary>Makes text of unknown origin safe to print: what a job logs must not steer the terminal of whoever reads it.</summary>
internal static partial class Printable
{
    /// <summary>The text on one line, without colours and other control characters.</summary>
    public static string Line(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f')) return text;
        var plain = new StringBuilder(text.Length);
        foreach (var c in EscapeSequence().Replace(text, "").TrimEnd('\r', '\n'))
        {
            if (c is '\t') plain.Append("    ");
            else if (c is '\r' or '\n') plain.Append(' ');
            else if (!char.IsControl(c)) plain.Append(c);
        }

        return plain.ToString();
    }

    /// <summary>The text on its lines, without colours and other control characters.</summary>
    public static IEnumerable<string> Lines(string text) => text.TrimEnd('\r', '\n').Split('\n').Select(Line);

    [GeneratedRegex(@"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)", RegexOptions.Singleline)]
    private static partial Regex EscapeSequence();
}
