namespace Fleet.SignalR.Connections;

/// <summary>What the outboxes of a hub have in common.</summary>
/// <param name="MaxBytes">See <see cref="BackplaneOptions.MaxPendingBytes"/>.</param>
/// <param name="MaxMessages">See <see cref="BackplaneOptions.MaxPendingMessages"/>.</param>
/// <param name="WhenOverflowing">See <see cref="BackplaneOptions.WhenOverflowing"/>.</param>
/// <param name="Resync">What a connection is sent that should resynchronise.</param>
internal sealed record OutboxLimits(int MaxBytes, int MaxMessages, MissedMessages WhenOverflowing, HubPayload Resync);
