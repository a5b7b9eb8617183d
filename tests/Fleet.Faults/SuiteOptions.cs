using System.Globalization;
using System.Security.Cryptography;

namespace Fleet.Faults;

/// <summary>What the suite is told on its command line.</summary>
/// <param name="Seed">Decides what happens when.</param>
/// <param name="Time">How long runs are asked for and faults happen.</param>
/// <param name="Rate">How many runs are asked for, a second.</param>
/// <param name="Keep">Whether the history is kept also where every promise was.</param>
internal sealed record SuiteOptions(ulong Seed, TimeSpan Time, double Rate, bool Keep = false)
{
    /// <summary>What the program says about its use.</summary>
    public const string Usage = "Usage: --seed N (a whole number; a fresh one by default), --minutes M (from 0.5 to 240; 2 by default), --rate R (runs a second; 50 by default), --keep (the history, also of a suite that passed)";

    private const double Minutes = 2;
    private const double RunsInASecond = 50;

    /// <summary>Reads the command line; null when it will not do.</summary>
    public static SuiteOptions? Parse(IReadOnlyList<string> args)
    {
        var options = new SuiteOptions((ulong)RandomNumberGenerator.GetInt32(int.MaxValue), TimeSpan.FromMinutes(Minutes), RunsInASecond);
        for (var i = 0; i < args.Count; i += 2)
        {
            if (args[i] == "--keep")
            {
                options = options with { Keep = true };
                i--;
                continue;
            }

            if (i + 1 == args.Count) return null;
            switch (args[i])
            {
                case "--seed" when ulong.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var seed):
                    options = options with { Seed = seed };
                    break;
                case "--minutes" when TryNumber(args[i + 1], 0.5, 240, out var minutes):
                    options = options with { Time = TimeSpan.FromMinutes(minutes) };
                    break;
                case "--rate" when TryNumber(args[i + 1], 1, 1000, out var rate):
                    options = options with { Rate = rate };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    private static bool TryNumber(string text, double least, double most, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;
}
