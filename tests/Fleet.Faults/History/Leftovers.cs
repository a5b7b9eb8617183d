namespace Fleet.Faults.History;

/// <summary>What is left in Redis when everything is final.</summary>
/// <param name="Active">Ids listed as not final.</param>
/// <param name="Due">Ids that wait for their time.</param>
/// <param name="Streams">The queues' streams.</param>
internal sealed record Leftovers(IReadOnlyList<string> Active, IReadOnlyList<string> Due, IReadOnlyList<StreamLeftovers> Streams);

/// <summary>What is left in a stream.</summary>
internal sealed record StreamLeftovers(string Key, long Length, long Pending);
