using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.SignalR.Redis;

internal sealed partial class BackplaneConnection
{
    [LoggerMessage(EventId = 5201, Message = "The backplane cannot connect to Redis and tries again: {Reason}")]
    private partial void LogNotOpened(LogLevel level, string reason);

    [LoggerMessage(5202, LogLevel.Warning, "The backplane lost its {Connection} connection to Redis: {Failure}")]
    private partial void LogLost(ConnectionType connection, ConnectionFailureType failure);

    [LoggerMessage(5203, LogLevel.Information, "The backplane's {Connection} connection to Redis is there again")]
    private partial void LogRestored(ConnectionType connection);
}
