namespace Fleet.Workers;

/// <summary>What of an exception a person who looks into a failed run wants to see, short enough to be kept with every attempt.</summary>
internal static class ErrorDetail
{
    private const int MostFrames = 20;
    private const int MostCharacters = 4000;

    /// <summary>The innermost causes' messages and the top of the stack.</summary>
    public static string Of(Exception exception)
    {
        var causes = new List<string>();
        for (var cause = exception.InnerException; cause is not null && causes.Count < 5; cause = cause.InnerException)
            causes.Add($"caused by {cause.GetType().FullName}: {cause.Message}");
        var frames = (exception.StackTrace ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var text = string.Join('\n', causes.Concat(frames.Take(MostFrames)));
        return text.Length <= MostCharacters ? text : text[..MostCharacters] + "…";
    }
}
