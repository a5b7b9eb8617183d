using System.Globalization;
using System.Net;

namespace Fleet.Standalone;

/// <summary>What <c>./fleet up</c> is told on its command line.</summary>
internal sealed class StandaloneOptions
{
    private const string Known = "--host, --port, --data, --slots, --redis, --open, --verbose, and --Fleet:NAME=VALUE for everything else";

    private readonly List<string> _configuration = [];

    /// <summary>The address to listen on.</summary>
    public string Host { get; private set; } = "127.0.0.1";

    /// <summary>The port to listen on; 0 for any free one.</summary>
    public int Port { get; private set; } = 8080;

    /// <summary>The folder that holds everything.</summary>
    public string Data { get; private set; } = ".fleet";

    /// <summary>How many runs are executed at a time; null for the worker's default.</summary>
    public int? Slots { get; private set; }

    /// <summary>A Redis that runs elsewhere; null for one of Fleet's own.</summary>
    public string? Redis { get; private set; }

    /// <summary>Whether the console is opened in a browser.</summary>
    public bool Open { get; private set; }

    /// <summary>Whether the log says what is going on, not only what is wrong.</summary>
    public bool Verbose { get; private set; }

    /// <summary>What goes to the configuration as it is.</summary>
    public IReadOnlyList<string> Configuration => _configuration;

    /// <summary>Whether only this machine can reach it.</summary>
    public bool OnLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Reads a command line.</summary>
    /// <returns>What is wrong with it, in a sentence; null when nothing is.</returns>
    public static string? Parse(IReadOnlyList<string> arguments, out StandaloneOptions options)
    {
        options = new StandaloneOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = Split(arguments[i]);
            if (options.SetFlag(name, value)) continue;
            if (!IsNamed(name)) return $"Unknown option {arguments[i]}. The options are {Known}.";
            value ??= i + 1 < arguments.Count ? arguments[++i] : null;
            if (string.IsNullOrWhiteSpace(value)) return $"{name} needs a value.";
            if (options.Set(name, value) is { } problem) return problem;
        }

        return null;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var at = argument.IndexOf('=', StringComparison.Ordinal);
        return at < 0 || !argument.StartsWith("--", StringComparison.Ordinal) ? (argument, null) : (argument[..at], argument[(at + 1)..]);
    }

    private static bool IsNamed(string name) =>
        name is "--host" or "--port" or "--data" or "--slots" or "--redis" || name.StartsWith("--Fleet:", StringComparison.OrdinalIgnoreCase);

    private bool SetFlag(string name, string? value)
    {
        if (value is not null) return false;
        if (name is "--open") Open = true;
        else if (name is "--verbose") Verbose = true;
        else return false;
        return true;
    }

    private string? Set(string name, string value)
    {
        switch (name)
        {
            case "--host":
                if (Uri.CheckHostName(value.Trim('[', ']')) is UriHostNameType.Unknown && value is not "*")
                    return $"--host is the address to listen on, such as 127.0.0.1 or 0.0.0.0, not '{value}'.";
                Host = value.Trim('[', ']');
                return null;
            case "--port":
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
                    return $"--port is a number from 0 to {IPEndPoint.MaxPort}, not '{value}'.";
                Port = port;
                return null;
            case "--slots":
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var slots) || slots is < 1 or > 10_000)
                    return $"--slots is how many runs are executed at a time, a number from 1 to 10000, not '{value}'.";
                Slots = slots;
                return null;
            case "--data":
                Data = value;
                return null;
            case "--redis":
                Redis = value;
                return null;
            default:
                _configuration.Add($"{name}={value}");
                return null;
        }
    }
}
