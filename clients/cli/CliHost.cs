namespace Fleet.Cli;

/// <summary>What the command line meets of the world around it.</summary>
internal sealed record CliHost
{
    /// <summary>Standard input, opened when it is read.</summary>
    public Func<TextReader> In { get; init; } = () => TextReader.Null;

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Whether a person reads the output on a terminal that moves its cursor when told.</summary>
    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether a person can be asked.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>An environment variable; null when it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    public string Directory { get; init; } = "";

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliHost OfProcess()
    {
        var moves = Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new CliHost
        {
            In = () => Console.In,
            Out = Console.Out,
            Error = Console.Error,
            OutIsTerminal = moves && !Console.IsOutputRedirected,
            ErrorIsTerminal = moves && !Console.IsErrorRedirected,
            InIsTerminal = !Console.IsInputRedirected,
            Variable = Environment.GetEnvironmentVariable,
            Directory = Environment.CurrentDirectory,
        };
    }
}
