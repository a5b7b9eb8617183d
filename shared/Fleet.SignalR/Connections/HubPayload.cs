using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.SignalR.Connections;

/// <summary>A hub message, serialised once for each protocol however many connections get it.</summary>
internal sealed class HubPayload
{
    private readonly SerializedMessage[] _messages;

    public HubPayload(SerializedMessage[] messages) : this(messages, null)
    {
    }

    private HubPayload(SerializedMessage[] messages, IReadOnlyList<HubPayload>? parts)
    {
        _messages = messages;
        Message = new SerializedHubMessage(messages);
        Parts = parts;
    }

    /// <summary>A payload of nothing.</summary>
    public static HubPayload Empty { get; } = new([]);

    /// <summary>As SignalR writes it.</summary>
    public SerializedHubMessage Message { get; }

    /// <summary>The message for each protocol.</summary>
    public IReadOnlyList<SerializedMessage> Messages => _messages;

    /// <summary>The single messages of a payload that was made of several.</summary>
    public IReadOnlyList<HubPayload>? Parts { get; }

    /// <summary>How many bytes it has for all protocols together.</summary>
    public int Bytes => _messages.Sum(message => message.Serialized.Length);

    /// <summary>Its bytes for a protocol; false when the server that published it does not speak that.</summary>
    public bool TryGet(string protocol, out ReadOnlyMemory<byte> bytes)
    {
        foreach (var message in _messages)
        {
            if (message.ProtocolName != protocol) continue;
            bytes = message.Serialized;
            return true;
        }

        bytes = default;
        return false;
    }

    /// <summary>
    /// Several messages as one, which a connection takes in one write: SignalR's protocols read any number of messages from what
    /// arrives together.
    /// </summary>
    /// <returns>False when they are not all for the same protocols.</returns>
    public static bool TryJoin(IReadOnlyList<HubPayload> parts, [NotNullWhen(true)] out HubPayload? joined)
    {
        joined = null;
        if (parts.Count == 1)
        {
            joined = parts[0];
            return true;
        }

        var first = parts[0]._messages;
        if (parts.Any(part => !SameProtocols(part._messages, first))) return false;
        var messages = new SerializedMessage[first.Length];
        for (var i = 0; i < first.Length; i++)
        {
            var bytes = new byte[parts.Sum(part => part._messages[i].Serialized.Length)];
            var used = 0;
            foreach (var part in parts)
            {
                part._messages[i].Serialized.CopyTo(bytes.AsMemory(used));
                used += part._messages[i].Serialized.Length;
            }

            messages[i] = new SerializedMessage(first[i].ProtocolName, bytes);
        }

        joined = new HubPayload(messages, [.. parts]);
        return true;
    }

    private static bool SameProtocols(SerializedMessage[] some, SerializedMessage[] others)
    {
        if (some.Length != others.Length) return false;
        for (var i = 0; i < some.Length; i++)
        {
            if (some[i].ProtocolName != others[i].ProtocolName) return false;
        }

        return true;
    }
}
