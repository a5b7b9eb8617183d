namespace Fleet.Client;

/// <summary>What came of submitting a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Deduplicated">Whether it is an earlier run that <c>unique</c> or the idempotency key says is the same.</param>
public sealed record Submission(Run Run, bool Deduplicated);
