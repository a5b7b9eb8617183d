using Microsoft.AspNetCore.SignalR;

namespace Fleet.Bench.Fanout.Servers;

/// <summary>A hub that does nothing but publish to a group.</summary>
internal sealed class GroupHub : Hub
{
    /// <summary>The group of all.</summary>
    public const string Group = "all";

    public Task Join() => Groups.AddToGroupAsync(Context.ConnectionId, Group);

    /// <summary>Publishes, without waiting until that is done.</summary>
    /// <remarks>
    /// A client's calls are executed one after another. If each waited for Redis's answer, the pace of the one client that publishes would be
    /// what is measured. What cannot be published is missing at the receivers, where it is counted.
    /// </remarks>
    public void Publish(GroupMessage message) => _ = Clients.Group(Group).SendAsync("Message", message);
}
