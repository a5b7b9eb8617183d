namespace Fleet.Faults.History;

/// <summary>A run and its timeline as they were in Redis when everything was over.</summary>
/// <param name="Run">The run.</param>
/// <param name="Events">Its timeline.</param>
/// <param name="Listings">The listings that it is in.</param>
internal sealed record RunStory(Run Run, IReadOnlyList<RunEvent> Events, IReadOnlyList<string> Listings);
