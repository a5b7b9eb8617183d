namespace Fleet.Cli;

/// <summary>What the process says to its caller when it ends (contract: "Command line").</summary>
internal static class ExitCode
{
    public const int Fine = 0;

    /// <summary>The run ended in another state than succeeded, or had not ended when the time was up.</summary>
    public const int RunFailed = 1;

    /// <summary>Wrong usage, or a request that Fleet refuses.</summary>
    public const int WrongUsage = 2;

    /// <summary>Fleet cannot be reached, or cannot answer.</summary>
    public const int NoConnection = 3;

    /// <summary>Stopped by Ctrl-C, as shells have it: 128 and the signal's number.</summary>
    public const int Interrupted = 130;
}
