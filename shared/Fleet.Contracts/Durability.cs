using System.Globalization;

namespace Fleet;

/// <summary>How safe a run is before its caller is told that it was taken: the values of <c>durability</c> and <c>Fleet:Durability</c>.</summary>
public static class Durability
{
    /// <summary>As safe as Redis is configured to keep it.</summary>
    public const string Redis = "redis";

    /// <summary>What a value must be, to end a sentence with.</summary>
    public const string Rule = "'redis', or 'replicated:N' with N from 1 to 100";

    private const string Replicated = "replicated:";
    private const int MostReplicas = 100;

    /// <summary>Reads a value.</summary>
    /// <param name="value">Such as <c>replicated:1</c>.</param>
    /// <param name="replicas">How many replicas must have the run; 0 for <c>redis</c>.</param>
    public static bool TryParse(string? value, out int replicas)
    {
        replicas = 0;
        if (value == Redis) return true;
        return value is not null && value.StartsWith(Replicated, StringComparison.Ordinal)
            && int.TryParse(value.AsSpan(Replicated.Length), NumberStyles.None, CultureInfo.InvariantCulture, out replicas)
            && replicas is > 0 and <= MostReplicas;
    }

    /// <summary>The value that asks for so many replicas.</summary>
    public static string Of(int replicas) => replicas == 0 ? Redis : Replicated + replicas.ToString(CultureInfo.InvariantCulture);
}
