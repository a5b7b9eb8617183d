namespace Fleet.Redis.Transport.Tests;

/// <summary>Waiting for what must happen, and fails if it does not.</summary>
internal static class Signals
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    // How long something must not happen to count as stalled. A slow machine only makes the stall look earlier.
    private static readonly TimeSpan _stall = TimeSpan.FromMilliseconds(300);

    public static Task Soon(this Task task) => task.WaitAsync(_patience);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(_patience);

    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(_patience);

    public static async Task<bool> Stalls(this Task task)
    {
        try
        {
            await task.WaitAsync(_stall);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }
}
