using System.Diagnostics.Metrics;

namespace Fleet.SignalR;

/// <summary>What the backplane did in this process, counted with Fleet's meter.</summary>
internal static class BackplaneMetrics
{
    /// <summary>The meter's name, which all of Fleet shares.</summary>
    public const string MeterName = "Fleet";

    private static readonly Meter Meter = new(MeterName, typeof(BackplaneMetrics).Assembly.GetName().Version?.ToString());

    public static Counter<long> Published { get; } =
        Meter.CreateCounter<long>("fleet.backplane.published", "{message}", "Messages that this process handed to Redis for all servers of a hub.");

    public static Counter<long> PublishFailures { get; } =
        Meter.CreateCounter<long>(
            "fleet.backplane.publish.failures", "{message}", "Messages that could not be handed to Redis; whoever sent them got an exception.");

    public static Counter<long> Received { get; } =
        Meter.CreateCounter<long>("fleet.backplane.received", "{message}", "Messages that came from Redis.");

    public static Counter<long> Rejected { get; } =
        Meter.CreateCounter<long>("fleet.backplane.rejected", "{message}", "Messages from Redis that were not understood.");

    public static Counter<long> Deliveries { get; } =
        Meter.CreateCounter<long>(
            "fleet.backplane.deliveries", "{message}", "Messages that were handed to a connection's outbox, once for each connection.");

    public static Counter<long> Overflows { get; } =
        Meter.CreateCounter<long>("fleet.backplane.overflows", "{connection}", "Connections for which too much waited.");

    public static Counter<long> Dropped { get; } =
        Meter.CreateCounter<long>("fleet.backplane.dropped", "{message}", "Messages that were dropped because too much waited for their connection.");

    public static Counter<long> Interruptions { get; } =
        Meter.CreateCounter<long>("fleet.backplane.interruptions", "{interruption}", "How often subscriptions were lost and restored.");

    public static UpDownCounter<long> Subscriptions { get; } =
        Meter.CreateUpDownCounter<long>("fleet.backplane.subscriptions", "{channel}", "Channels in Redis that this process listens to.");

    public static UpDownCounter<long> Connections { get; } =
        Meter.CreateUpDownCounter<long>("fleet.backplane.connections", "{connection}", "Connections that this process serves.");
}
