using Fleet.Faults.Jobs;

namespace Fleet.Faults.History;

/// <summary>A request of the client's for new runs, which it may have sent several times.</summary>
/// <param name="Op">Its name, which is in the inputs of its runs.</param>
/// <param name="Keyed">Whether it has an Idempotency-Key, and is sent until it is answered.</param>
/// <param name="Batch">Whether it went to the address for batches.</param>
/// <param name="Steps">The inputs.</param>
/// <param name="At">When it was first sent.</param>
internal sealed record Request(string Op, bool Keyed, bool Batch, IReadOnlyList<Step> Steps, DateTimeOffset At);
