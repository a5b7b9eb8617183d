using System.Text.RegularExpressions;
using Fleet.Engine.Redis;

namespace Fleet.Engine.Tests;

/// <summary>A script's file, read as a person reads it: a header of comments, the includes, the locals, the rest.</summary>
internal sealed partial class ScriptHeader
{
    public ScriptHeader(string name)
    {
        using var stream = typeof(Script).Assembly.GetManifestResourceStream($"{name}.lua")!;
        using var reader = new StreamReader(stream);
        var all = reader.ReadToEnd().Split('\n');
        Flags = all[0].StartsWith("#!lua", StringComparison.Ordinal) ? all[0]["#!lua".Length..].Trim() : null;
        var lines = Flags is null ? all : all[1..];
        var header = lines.TakeWhile(line => line.StartsWith("-- ", StringComparison.Ordinal)).ToList();
        var includes = lines.Skip(header.Count).TakeWhile(line => line.StartsWith("--@include ", StringComparison.Ordinal)).ToList();
        var locals = lines.Skip(header.Count + includes.Count).TakeWhile(line => line.StartsWith("local ", StringComparison.Ordinal)).ToList();
        Includes = [.. includes.Select(line => line["--@include ".Length..])];
        Locals = string.Join('\n', locals);
        Body = string.Join('\n', lines.Skip(header.Count + includes.Count + locals.Count));

        var match = Header().Match(string.Join('\n', header.Select(line => line[3..])));
        IsComplete = match.Success;
        Guarantee = match.Groups["guarantee"].Value;
        Keys = List(match.Groups["keys"].Value);
        Args = List(match.Groups["args"].Value);
        Reply = match.Groups["reply"].Value;
    }

    public bool IsComplete { get; }

    /// <summary>What follows <c>#!lua</c> in the first line; null where that is not the first line.</summary>
    public string? Flags { get; }

    public string Guarantee { get; }

    public (IReadOnlyList<string> Fixed, IReadOnlyList<string> Each) Keys { get; }

    public (IReadOnlyList<string> Fixed, IReadOnlyList<string> Each) Args { get; }

    public string Reply { get; }

    public IReadOnlyList<string> Includes { get; }

    /// <summary>The lines that name keys and arguments.</summary>
    public string Locals { get; }

    /// <summary>What follows them.</summary>
    public string Body { get; }

    /// <summary>Reads "a, b (unit; and more); each: c, d; where …" into its two lists of names; "none" says that there are none.</summary>
    private static (IReadOnlyList<string> Fixed, IReadOnlyList<string> Each) List(string text)
    {
        var parts = Remark().Replace(text.ReplaceLineEndings(" "), "").Split(';', StringSplitOptions.TrimEntries);
        var each = parts.FirstOrDefault(part => part.StartsWith("each: ", StringComparison.Ordinal));
        return (
            parts[0] == each || parts[0] == "none" ? [] : parts[0].Split(',', StringSplitOptions.TrimEntries),
            each is null ? [] : each["each: ".Length..].Split(',', StringSplitOptions.TrimEntries));
    }

    [GeneratedRegex(@"\A(?<guarantee>.+?)\nKEYS: (?<keys>.+?)\nARGV: (?<args>.+?)\nReply: (?<reply>.+)\z", RegexOptions.Singleline)]
    private static partial Regex Header();

    [GeneratedRegex(@" *\([^()]*\)")]
    private static partial Regex Remark();
}
