namespace Fleet.Client;

/// <summary>A watch lost its connection and is about to try again.</summary>
/// <param name="Failures">How many times in a row it failed, from 1.</param>
/// <param name="RetryIn">How long it pauses first.</param>
/// <param name="Error">What went wrong; null when the server ended the stream in good order, as it does when it restarts.</param>
public sealed record WatchInterruption(int Failures, TimeSpan RetryIn, Exception? Error);
