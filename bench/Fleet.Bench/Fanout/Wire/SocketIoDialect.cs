using System.Globalization;
using System.Text;

namespace Fleet.Bench.Fanout.Wire;

/// <summary>Socket.IO 4 over Engine.IO 4, over a WebSocket from the start.</summary>
internal sealed class SocketIoDialect : Dialect
{
    public override string Path => "/socket.io/?EIO=4&transport=websocket";

    public override byte? Separator => null;

    public override byte[] Greeting { get; } = "40"u8.ToArray();

    public override bool GreetsFirst => false;

    public override byte[]? SignOfLife => null;

    public override byte[] Pong { get; } = "3"u8.ToArray();

    public override byte[] Call(string method, string arguments, int? id = null) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"42{id}[\"{method}\"{(arguments.Length > 0 ? "," : "")}{arguments}]"));

    public override RecordKind Read(ReadOnlySpan<byte> record)
    {
        if (record.StartsWith("42"u8)) return RecordKind.Message;
        if (record.StartsWith("43"u8)) return RecordKind.Joined;
        if (record.StartsWith("40"u8)) return RecordKind.Greeted;
        if (record.StartsWith("0{"u8)) return RecordKind.Opened;
        if (record.SequenceEqual("2"u8)) return RecordKind.Ping;
        return record.StartsWith("41"u8) || record.StartsWith("44"u8) || record.SequenceEqual("1"u8) ? RecordKind.Refused : RecordKind.Other;
    }
}
