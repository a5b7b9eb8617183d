namespace Fleet.Cli;

/// <summary>The command was given something it cannot use. The message says what, and what would do.</summary>
internal sealed class UsageException(string message) : Exception(message);
