using Microsoft.Extensions.Logging;

namespace Fleet.SignalR;

internal sealed partial class Backplane
{
    [LoggerMessage(5001, LogLevel.Warning, "A message on {Channel} was not understood and is ignored: {Reason}")]
    private partial void LogRejected(string channel, string reason);

    [LoggerMessage(5002, LogLevel.Warning, "The subscriptions were interrupted, so that {Connections} connections may have missed messages; what becomes of them: {Then}")]
    private partial void LogMissed(int connections, MissedMessages then);

    [LoggerMessage(5003, LogLevel.Warning, "Connection {Id} returned a result that it was not asked for")]
    private partial void LogUnexpectedResult(string id);

    [LoggerMessage(5004, LogLevel.Warning, "A result could not be sent to server {Server}; it is sent again when that server asks for it: {Reason}")]
    private partial void LogNotPaid(string server, string reason);

    [LoggerMessage(5005, LogLevel.Warning, "Server {Server} does not answer any more; {Count} calls of its clients are given up")]
    private partial void LogSilent(string server, int count);

    [LoggerMessage(5006, LogLevel.Warning, "Other servers could not be told something on {Channel}: {Reason}")]
    private partial void LogNotTold(string channel, string reason);
}
