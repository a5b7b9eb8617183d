namespace Fleet.Workers;

/// <summary>What of an exception a person who looks into a failed run wants to see, short enough to be kept with every attempt.</summary>
internal static class ErrorDetail
{
    private const int MostFrames = 20;
    private const int MostCharacters = 4000;

    /// <summary>What is kept of an exception. One that cannot even say what it is must not harm anybody either.</summary>
    public static RunError Describe(Exception exception)
    {
        var type = exception.GetType().FullName ?? exception.GetType().Name;
        try
        {
            return new RunError(type, Cut(exception.Message), Of(exception));
        }
#pragma warning disable CA1031 // Message and StackTrace are the handler's code too.
        catch (Exception)
#pragma warning restore CA1031
        {
            return new RunError(type, "The exception could not say what it is about.");
        }
    }

    /// <summary>The innermost causes' messages and the top of the stack.</summary>
    public static string Of(Exception exception)
    {
        var causes = new List<string>();
        for (var cause = exception.InnerException; cause is not null && causes.Count < 5; cause = cause.InnerException)
            causes.Add($"caused by {cause.GetType().FullName}: {cause.Message}");
        var frames = (exception.StackTrace ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var text = string.Join('\n', causes.Concat(frames.Take(MostFrames)));
        return Cut(text);
    }

    private static string Cut(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters] + "…";
}
