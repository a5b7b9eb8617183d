using System.Globalization;

namespace Fleet.Cli.Input;

/// <summary>Reads counts.</summary>
internal static class Numbers
{
    public static int? Read(string? text, string option) => text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new UsageException($"{option} '{text}' is not a whole number from 1 on.");
}
