namespace Fleet.Notifier.Hubs;

/// <summary>The names of what the hub sends to clients (contract: "Hub").</summary>
internal static class HubMessages
{
    public const string RunEvent = "RunEvent";
    public const string Watchers = "Watchers";
    public const string Feed = "Feed";
    public const string Page = "Page";
    public const string Counts = "Counts";
    public const string Worker = "Worker";
    public const string Queues = "Queues";
    public const string Notice = "Notice";
    public const string Resync = "Resync";
}

/// <summary>Something a person should read.</summary>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">What it is.</param>
internal sealed record Notice(string Level, string Message);
