using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Client.Live;

/// <summary>What the hub sends (contract: "Hub").</summary>
internal static class HubMessages
{
    public const string RunEvent = "RunEvent";
    public const string Watchers = "Watchers";
    public const string Feed = "Feed";
    public const string Counts = "Counts";
    public const string Page = "Page";
    public const string Worker = "Worker";
    public const string Queues = "Queues";
    public const string Resync = "Resync";
    public const string Notice = "Notice";

    /// <summary>Makes a connection that is not open yet, and has it hand on every message.</summary>
    public static HubConnection Connect(Uri hub, TimeSpan silenceLimit, Action<string, object?[]> receive)
    {
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(hub));
        builder.Services.AddSingleton<IConnectionFactory, WebSocketConnectionFactory>();
        builder.AddJsonProtocol(options => FleetJson.Configure(options.PayloadSerializerOptions));
        var connection = builder.Build();
        connection.ServerTimeout = silenceLimit;
        connection.On<string, RunEvent>(RunEvent, (run, news) => receive(RunEvent, [run, news]));
        connection.On<string, int>(Watchers, (run, count) => receive(Watchers, [run, count]));
        connection.On<IReadOnlyDictionary<string, long>>(Counts, counts => receive(Counts, [counts]));
        connection.On<FeedPage>(Page, page => receive(Page, [page]));
        connection.On<IReadOnlyList<FeedItem>>(Feed, runs => receive(Feed, [runs]));
        connection.On<WorkerEvent>(Worker, news => receive(Worker, [news]));
        connection.On<IReadOnlyList<QueueInfo>>(Queues, queues => receive(Queues, [queues]));
        connection.On<string>(Resync, subject => receive(Resync, [subject]));
        connection.On<HubNotice>(Notice, notice => receive(Notice, [notice]));
        return connection;
    }
}

/// <summary>Something a person should read.</summary>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">What it is.</param>
internal sealed record HubNotice(string Level, string Message);
