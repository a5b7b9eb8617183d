namespace Fleet.Faults.History;

/// <summary>What was set out to be done, so that a suite that did next to nothing cannot pass.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Began">When it began.</param>
/// <param name="Storm">How long runs were asked for.</param>
/// <param name="Faults">How many faults were planned.</param>
/// <param name="Runs">How many runs were to be asked for.</param>
internal sealed record Intent(ulong Seed, DateTimeOffset Began, TimeSpan Storm, int Faults, int Runs);

/// <summary>What the suite could not bring about in time, such as a process that did not come back.</summary>
internal sealed record Complaint(DateTimeOffset At, string Text);
