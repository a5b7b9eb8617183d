namespace Fleet.Workers.Tests;

/// <summary>Waiting for what must come true, and failing when it does not.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    public static Task Soon(this Task task) => task.WaitAsync(Patience);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience);

    /// <summary>Looks again and again until it is so.</summary>
    public static async Task TrueAsync(string what, Func<Task<bool>> isSoAsync, TimeSpan? patience = null)
    {
        using var deadline = new CancellationTokenSource(patience ?? Patience);
        while (!await isSoAsync())
        {
            if (deadline.IsCancellationRequested) Assert.Fail($"It never came true that {what}.");
            await Task.Delay(Glance, CancellationToken.None);
        }
    }

    /// <summary>Looks again and again until it is so.</summary>
    public static Task TrueAsync(string what, Func<bool> isSo) => TrueAsync(what, () => Task.FromResult(isSo()));
}
