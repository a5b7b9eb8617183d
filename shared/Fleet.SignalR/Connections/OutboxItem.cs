using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.SignalR.Connections;

/// <summary>Something that waits for a connection: a message that many get, or one of its own whose sender waits with it.</summary>
/// <param name="Message">A message that is serialised when its turn comes.</param>
/// <param name="Payload">A message that is serialised.</param>
/// <param name="Bytes">How much it counts; what its sender waits with counts nothing.</param>
/// <param name="Left">For a message of its own: true when it has been written, false when it was dropped.</param>
internal readonly record struct OutboxItem(HubMessage? Message, HubPayload? Payload, int Bytes, TaskCompletionSource<bool>? Left)
{
    public static OutboxItem OfMany(HubPayload payload, int bytes) => new(null, payload, bytes, null);

    public static OutboxItem OfItsOwn(HubMessage? message, HubPayload? payload) =>
        new(message, payload, 0, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
}
