using System.Text.RegularExpressions;

namespace Fleet;

/// <summary>What jobs and queues may be called. Names stand in keys and in JSON as they are, so they hold nothing either would escape.</summary>
public static partial class Names
{
    /// <summary>The longest a name may be.</summary>
    public const int MaxLength = 64;

    /// <summary>What a name must look like, in words.</summary>
    public const string Rule = "lower-case letters, digits, '.', '_' and '-', beginning with a letter or digit, at most 64 characters";

    /// <summary>Whether a job or queue may be called this.</summary>
    public static bool IsValid(string? name) => name is { Length: <= MaxLength } && Pattern().IsMatch(name);

    /// <summary>What the names of Fleet's own jobs begin with; nobody else's may.</summary>
    public const string ReservedJobs = "fleet.";

    /// <summary>Whether a job of this name is one of Fleet's own.</summary>
    public static bool IsReserved(string job) => job.StartsWith(ReservedJobs, StringComparison.Ordinal);

    /// <summary>Refuses a name that is not valid.</summary>
    /// <param name="name">The name.</param>
    /// <param name="what">What it is the name of, for the message.</param>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static void Require(string? name, string what)
    {
        if (!IsValid(name)) throw new ArgumentException($"'{name}' cannot be the name of a {what}: use {Rule}.", nameof(name));
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]*\z")]
    private static partial Regex Pattern();
}
