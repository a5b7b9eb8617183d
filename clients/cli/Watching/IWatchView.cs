using Fleet.Client;

namespace Fleet.Cli.Watching;

/// <summary>Shows what watched runs do.</summary>
internal interface IWatchView
{
    /// <summary>How often it wants to be told that time passes; null for never.</summary>
    TimeSpan? Beat { get; }

    /// <summary>An event came, and the run has taken it in.</summary>
    void Happened(WatchedRun run, RunEvent item);

    /// <summary>The watch of a run is over.</summary>
    void Ended(WatchedRun run);

    /// <summary>The connection is lost and will be tried again.</summary>
    void Interrupted(WatchInterruption interruption);

    /// <summary>Time passes.</summary>
    void Tick();

    /// <summary>Nothing more will come: what moves is taken off the screen.</summary>
    void Leave();
}
