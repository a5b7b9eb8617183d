using Microsoft.Extensions.Logging;

namespace Fleet.SignalR.Connections;

internal sealed partial class Outbox
{
    [LoggerMessage(5101, LogLevel.Warning, "Connection {Id} takes its messages too slowly: {Messages} that waited are dropped, and then: {Then}")]
    private partial void LogOverflow(string id, int messages, MissedMessages then);

    [LoggerMessage(5102, LogLevel.Warning, "A message came from a server that does not speak {Protocol}, which connection {Id} does")]
    private partial void LogOtherProtocol(string id, string protocol);

    [LoggerMessage(5103, LogLevel.Error, "Connection {Id} could not be written to and is cut off")]
    private partial void LogBroken(string id, Exception error);
}
