using Microsoft.AspNetCore.SignalR;

namespace Fleet.Bench.Fanout.Servers;

/// <summary>A hub that does nothing but publish to a group.</summary>
internal sealed class GroupHub : Hub
{
    /// <summary>The group of all.</summary>
    public const string Group = "all";

    public Task Join() => Groups.AddToGroupAsync(Context.ConnectionId, Group);

    public Task Publish(GroupMessage message) => Clients.Group(Group).SendAsync("Message", message);
}
