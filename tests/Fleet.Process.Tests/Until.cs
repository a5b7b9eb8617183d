using System.Diagnostics;

namespace Fleet.Process.Tests;

/// <summary>Waits for what no event tells of, such as the end of a process that is nobody's child.</summary>
internal static class Until
{
    /// <summary>Asks again and again until the answer is yes; fails when that takes too long.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string promise, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > patience) Assert.Fail($"Not within {patience.TotalSeconds:0} s: {promise}.");
            await Task.Delay(25, CancellationToken.None);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, string, TimeSpan)"/>
    public static Task TrueAsync(Func<bool> condition, string promise, TimeSpan patience) =>
        TrueAsync(() => Task.FromResult(condition()), promise, patience);
}
