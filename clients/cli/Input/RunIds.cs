using System.CommandLine;

namespace Fleet.Cli.Input;

/// <summary>Run ids on the command line.</summary>
internal static class RunIds
{
    public static Argument<string> Argument() => new("ID") { Description = "The run's id" };

    public static RunId Read(string text) => RunId.TryParse(text, out var id)
        ? id
        : throw new UsageException($"'{text}' is not a run id: a run id is 26 letters and digits, such as 01KAJ8Q5V3002MRX4T9G7N1Z6C. List runs: ./fleet runs");
}
