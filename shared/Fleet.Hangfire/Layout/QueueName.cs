namespace Fleet.Hangfire.Layout;

/// <summary>The names of queues in the picture: Hangfire's have no dots.</summary>
internal static class QueueName
{
    /// <summary>The queue that is meant where none is named.</summary>
    public const string Default = "default";

    public static string Of(string queue) => queue.Replace('.', '_');
}
