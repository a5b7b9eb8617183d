namespace Fleet.Engine.Tests;

/// <summary>Waiting for what must come true, and fails when it does not.</summary>
internal static class Until
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(10);

    public static Task Soon(this Task task) => task.WaitAsync(_patience);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(_patience);

    /// <summary>Looks again and again until it is so.</summary>
    public static async Task TrueAsync(string what, Func<Task<bool>> isSo)
    {
        using var deadline = new CancellationTokenSource(_patience);
        while (!await isSo())
        {
            if (deadline.IsCancellationRequested) Assert.Fail($"It never came true that {what}.");
            await Task.Delay(_glance, CancellationToken.None);
        }
    }
}
