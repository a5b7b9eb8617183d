using Microsoft.AspNetCore.SignalR;

namespace Fleet.SignalR.Tests;

/// <summary>Believes a client who it says it is, with <c>?user=</c>.</summary>
internal sealed class QueryUserIdProvider : IUserIdProvider
{
    public string? GetUserId(HubConnectionContext connection) => connection.GetHttpContext()?.Request.Query["user"];
}
