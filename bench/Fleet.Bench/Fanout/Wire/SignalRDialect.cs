using System.Globalization;
using System.Text;

namespace Fleet.Bench.Fanout.Wire;

/// <summary>SignalR's JSON protocol, without negotiation.</summary>
internal sealed class SignalRDialect(string path) : Dialect
{
    public override string Path => path;

    public override byte? Separator => 0x1E;

    public override byte[] Greeting { get; } = "{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray();

    public override bool GreetsFirst => true;

    public override byte[]? SignOfLife { get; } = "{\"type\":6}\u001e"u8.ToArray();

    public override byte[] Call(string method, string arguments, int? id = null)
    {
        var invocation = id is { } number ? string.Create(CultureInfo.InvariantCulture, $"\"invocationId\":\"{number}\",") : "";
        return Encoding.UTF8.GetBytes($"{{\"type\":1,{invocation}\"target\":\"{method}\",\"arguments\":[{arguments}]}}\u001e");
    }

    public override RecordKind Read(ReadOnlySpan<byte> record)
    {
        if (record.StartsWith("{\"type\":1,"u8)) return IsResync(record) ? RecordKind.Resync : RecordKind.Message;
        if (record.StartsWith("{\"type\":3,"u8)) return IsError(record) ? RecordKind.Refused : RecordKind.Joined;
        // The handshake's answer has no type.
        if (record.SequenceEqual("{}"u8)) return RecordKind.Greeted;
        if (record.StartsWith("{\"type\":7"u8) || record.StartsWith("{\"error\":"u8)) return RecordKind.Refused;
        return RecordKind.Other;
    }

    private static bool IsResync(ReadOnlySpan<byte> record) => record[..Math.Min(record.Length, 64)].IndexOf("\"target\":\"Resync\""u8) >= 0;

    // A result may hold an error of its own: the answer's stands in the result's place.
    private static bool IsError(ReadOnlySpan<byte> record)
    {
        var error = record.IndexOf("\"error\":"u8);
        var result = record.IndexOf("\"result\":"u8);
        return error >= 0 && (result < 0 || error < result);
    }
}
