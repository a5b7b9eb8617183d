namespace Fleet;

/// <summary>How many slots a queue could use, for whatever decides how many workers there are (contract: GET /v1/queues/{queue}/demand).</summary>
/// <param name="Waiting">How many runs wait in it, in a paused queue too.</param>
/// <param name="DueWithinMinute">How many scheduled runs, retries among them, enter it within a minute: a worker takes about as long to start.</param>
/// <param name="Running">How many runs workers took from it and have not ended yet.</param>
/// <param name="Demand">
/// The sum of the three. Of a paused queue only what runs counts, because nobody takes the rest, however many workers there are.
/// </param>
public sealed record QueueDemand(long Waiting, long DueWithinMinute, long Running, long Demand);
