using Fleet.Bench.Queue;

namespace Fleet.Bench.Scale;

/// <summary>What a run costs in a fleet of some size.</summary>
/// <param name="Case">What there is much of.</param>
/// <param name="Number">How much.</param>
/// <param name="Servers">How many Redis processes there are; several are a cluster.</param>
/// <param name="Partitions">How many partitions the fleet has.</param>
/// <param name="Cost">Redis's CPU time a run by that of the first row of the case, the median of the rounds.</param>
/// <param name="BusyWorkerMicroseconds">CPU µs a run of the one worker that executes; the figures have those of all.</param>
/// <param name="Figures">The figures.</param>
internal sealed record ScaleRow(string Case, int Number, int Servers, int Partitions, double Cost, double BusyWorkerMicroseconds, QueueRow Figures);
