using System.Globalization;

namespace Fleet.Engine.Runs;

/// <summary>What hardly ever changes of a run, as its record, its entry in a queue and the scripts have it: "job queue priority max spent".</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Priority">The priority, 0 (critical) to 3 (low).</param>
/// <param name="MaxAttempts">The number of the last attempt it may use.</param>
/// <param name="Spent">How many attempts belong to its lives before the newest explicit retry.</param>
internal readonly record struct RunHead(string Job, string Queue, Priority Priority, int MaxAttempts, int Spent)
{
    public static RunHead Of(RunSpec spec) => new(spec.Job, spec.Queue, spec.Priority, spec.MaxAttempts, Spent: 0);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static RunHead Read(ReadOnlySpan<char> text)
    {
        Span<Range> words = stackalloc Range[6];
        if (text.Split(words, ' ') != 5) throw new FormatException($"A run's head has five words: '{text}'.");
        return new RunHead(
            text[words[0]].ToString(),
            text[words[1]].ToString(),
            (Priority)Number(text[words[2]]),
            Number(text[words[3]]),
            Number(text[words[4]]));
    }

    public string Write() => string.Create(CultureInfo.InvariantCulture, $"{Job} {Queue} {(int)Priority} {MaxAttempts} {Spent}");

    private static int Number(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
