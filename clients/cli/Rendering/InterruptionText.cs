using Fleet.Client;

namespace Fleet.Cli.Rendering;

/// <summary>Says that a connection is lost.</summary>
internal static class InterruptionText
{
    public static void Write(Screen messages, WatchInterruption interruption)
    {
        // Every further failure would say the same; a stream that ends in good order is back before anybody notices.
        if (interruption is { Failures: 1, Error: { } error }) messages.Line(Explain(error), Tint.Warning);
    }

    private static string Explain(Exception error) =>
        $"Lost the connection to Fleet ({Printable.Line(error.GetBaseException().Message).TrimEnd('.')}); trying again. Nothing is missed.";
}
