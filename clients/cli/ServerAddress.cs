namespace Fleet.Cli;

/// <summary>Where Fleet is, and who said so.</summary>
/// <param name="Url">The API's address.</param>
/// <param name="Origin">Where the address was found, for messages; null when the caller typed it or nobody said anything.</param>
internal sealed record ServerAddress(Uri Url, string? Origin)
{
    private const string Default = "http://127.0.0.1:8080";
    private const string Variable = "FLEET_URL";

    /// <summary>The address to use: the one given, else FLEET_URL, else that of a fleet started in this directory or above it, else the default.</summary>
    public static ServerAddress Find(string? given, CliHost host)
    {
        if (given is not null) return new ServerAddress(Parse(given, "--url"), null);
        if (host.Variable(Variable) is { Length: > 0 } url) return new ServerAddress(Parse(url, Variable), $"from {Variable}");

        for (var directory = new DirectoryInfo(host.Directory); directory is not null; directory = directory.Parent)
        {
            var file = Path.Combine(directory.FullName, ".fleet", "url");
            if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } written)
                return new ServerAddress(Parse(written, file), $"from {file}");
        }

        return new ServerAddress(new Uri(Default), null);
    }

    private static Uri Parse(string text, string origin)
    {
        // "localhost:8080" is what people type.
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(full, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new UsageException($"{origin} says '{text}', which is not an address such as {Default}.");
    }
}
