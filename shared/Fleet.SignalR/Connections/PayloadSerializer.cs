using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.SignalR.Connections;

/// <summary>Serialises messages for all protocols that a hub's clients may speak.</summary>
internal sealed class PayloadSerializer(IHubProtocolResolver protocols, IReadOnlyList<string>? supported)
{
    private readonly IHubProtocol[] _protocols =
    [
        .. protocols.AllProtocols.Where(protocol => supported is null || supported.Contains(protocol.Name, StringComparer.OrdinalIgnoreCase)),
    ];

    public HubPayload Serialize(HubMessage message)
    {
        var messages = new SerializedMessage[_protocols.Length];
        for (var i = 0; i < messages.Length; i++) messages[i] = new SerializedMessage(_protocols[i].Name, _protocols[i].GetMessageBytes(message));
        return new HubPayload(messages);
    }

    public HubPayload Serialize(string method, object?[] arguments) => Serialize(new InvocationMessage(method, arguments));
}
