using Spectre.Console;

namespace Fleet.Cli.Rendering;

/// <summary>What a piece of text is, which decides its colour.</summary>
internal enum Tint
{
    /// <summary>Nothing special.</summary>
    None,

    /// <summary>It matters less.</summary>
    Faint,

    /// <summary>It is a name or a heading.</summary>
    Strong,

    /// <summary>It ended well.</summary>
    Good,

    /// <summary>It is under way.</summary>
    Active,

    /// <summary>It needs attention.</summary>
    Warning,

    /// <summary>It went wrong.</summary>
    Bad,
}

/// <summary>The colours.</summary>
internal static class Tints
{
    public static Style Style(this Tint tint) => tint switch
    {
        Tint.Faint => new Style(Color.Grey),
        Tint.Strong => new Style(decoration: Decoration.Bold),
        Tint.Good => new Style(Color.Green),
        Tint.Active => new Style(Color.Blue),
        Tint.Warning => new Style(Color.Yellow),
        Tint.Bad => new Style(Color.Red),
        _ => Spectre.Console.Style.Plain,
    };

    public static Tint Of(RunState state) => state switch
    {
        RunState.Succeeded => Tint.Good,
        RunState.Failed => Tint.Bad,
        RunState.Running => Tint.Active,
        RunState.Cancelled or RunState.Expired or RunState.Skipped => Tint.Warning,
        _ => Tint.None,
    };
}
