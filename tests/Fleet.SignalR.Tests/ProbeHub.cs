using Microsoft.AspNetCore.SignalR;

namespace Fleet.SignalR.Tests;

/// <summary>A hub like any other, which does not know that there is a backplane.</summary>
internal sealed class ProbeHub : Hub
{
    public string Id() => Context.ConnectionId;

    public Task Join(string group) => Groups.AddToGroupAsync(Context.ConnectionId, group);

    public Task Leave(string group) => Groups.RemoveFromGroupAsync(Context.ConnectionId, group);

    public Task ToOthers(string text) => Clients.Others.SendAsync("Say", text);

    public Task ToCaller(string text) => Clients.Caller.SendAsync("Say", text);

    public Task<int> Ask(string connection, int number) => Clients.Client(connection).InvokeAsync<int>("Ask", number, Context.ConnectionAborted);
}
