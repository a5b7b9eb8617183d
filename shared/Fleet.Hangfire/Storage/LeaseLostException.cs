namespace Fleet.Hangfire.Storage;

/// <summary>Another process keeps the picture now; nothing was written.</summary>
internal sealed class LeaseLostException() : Exception("Another process keeps the picture for Hangfire dashboards now.");
