using System.Net.Sockets;
using System.Text.RegularExpressions;
using Fleet.Engine.Redis;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Fleet.Engine.Hosting;

/// <summary>Says in one line why a start failed and what to do about it.</summary>
internal static partial class StartFailure
{
    /// <summary>One line for what a person can mend; everything there is to know about what only we can.</summary>
    public static string Describe(Exception e) => Find(e) switch
    {
        FleetException fault => OneLine(fault.Message),
        OptionsValidationException invalid => OneLine(string.Join(" ", invalid.Failures.Distinct())),
        AddressInUseException => $"Cannot listen on {AddressIn(e)}: something else listens there already. Stop it, or choose another port (--port) or address (--urls).",
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            "Cannot listen: this user may not open that port. Choose one above 1023 (--port, or --urls).",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            "Cannot listen: this machine does not have that address. Choose another (--host, or --urls).",
        InvalidDataException file => OneLine($"The configuration cannot be read: {file.Message} {file.InnerException?.Message}"),
        FormatException { Source: "Microsoft.AspNetCore.Http" or "Microsoft.AspNetCore.Server.Kestrel.Core" } address => OneLine(address.Message),
        // Whoever finds no Redis says so by name; it was there, and then it was not.
        var redis when RedisFailure.Is(redis) => OneLine($"Redis went away as Fleet started; start it again once Redis is there: {redis.Message}"),
        _ => $"Fleet could not go on because of a fault of its own: {e}",
    };

    /// <summary>The exception that says most, which hosts wrap in others.</summary>
    private static Exception Find(Exception e) => e switch
    {
        // Several invalid options come together; all of them are wanted at once.
        AggregateException many when many.Flatten().InnerExceptions.All(inner => inner is OptionsValidationException) =>
            new OptionsValidationException("", typeof(object), many.Flatten().InnerExceptions.SelectMany(inner => ((OptionsValidationException)inner).Failures)),
        AggregateException { InnerExceptions: [var only] } => Find(only),
        IOException { InnerException: AddressInUseException inner } => inner,
        _ => e,
    };

    /// <summary>Kestrel names the address in its message and nowhere else.</summary>
    private static string AddressIn(Exception e) => Address().Match(e.ToString()) is { Success: true } match ? match.Value : "its address";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    [GeneratedRegex(@"https?://[^\s]+?(?=: )|https?://[^\s]+")]
    private static partial Regex Address();
}
