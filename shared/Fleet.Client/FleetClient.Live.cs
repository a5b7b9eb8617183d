using System.Globalization;
using System.Runtime.CompilerServices;

namespace Fleet.Client;

public sealed partial class FleetClient
{
    /// <summary>How long one call waits: shorter than proxies, and <see cref="HttpClient.Timeout"/>, commonly allow.</summary>
    private static readonly TimeSpan WaitStep = TimeSpan.FromSeconds(20);

    /// <summary>
    /// A run's timeline as it happens: every event once and in order, over lost connections and restarts of the server. Ends
    /// after the event that makes the run final.
    /// </summary>
    /// <remarks>Where the server no longer keeps some events, <see cref="RunEvent.Seq"/> jumps over them.</remarks>
    /// <param name="id">The run.</param>
    /// <param name="after">The last event that is known already; 0 for none.</param>
    /// <param name="interrupted">Is told when the connection is lost and will be tried again.</param>
    /// <param name="cancellation">Stops watching; the run goes on.</param>
    /// <exception cref="FleetApiException">Fleet refuses, for example because there is no such run.</exception>
    public async IAsyncEnumerable<RunEvent> WatchAsync(
        RunId id,
        long after = 0,
        Action<WatchInterruption>? interrupted = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        await using var stream = new RunStream(_transport, _options, id, after, interrupted);
        while (await stream.NextAsync(cancellation) is { } news) yield return news;
    }

    /// <summary>Waits for the end of a run, over lost connections too.</summary>
    /// <param name="id">The run.</param>
    /// <param name="timeout">How long to wait; absent means as long as it takes.</param>
    /// <param name="cancellation">Stops waiting; the run goes on.</param>
    /// <returns>The final run, or the run as it is when the time is up: ask its state.</returns>
    public async Task<Run> WaitAsync(RunId id, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var begin = _options.Time.GetTimestamp();
        var backoff = new Backoff(_options);
        while (true)
        {
            var rest = (timeout ?? TimeSpan.MaxValue) - _options.Time.GetElapsedTime(begin);
            var step = rest < TimeSpan.Zero ? TimeSpan.Zero : rest < WaitStep ? rest : WaitStep;
            var asked = _options.Time.GetTimestamp();
            TimeSpan pause;
            try
            {
                var seconds = step.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
                var run = await _transport.GetAsync<Run>($"v1/runs/{id}/wait?timeout={seconds}", cancellation);
                if (run.State.IsFinal() || step == rest || rest <= TimeSpan.Zero) return run;
                backoff.Reset();
                // A server that is stopping may answer before the time is up.
                pause = _options.Time.GetElapsedTime(asked) < step / 2 ? _options.ReconnectDelay : TimeSpan.Zero;
            }
            catch (Exception e) when (Transient.Is(e, cancellation) && rest > TimeSpan.Zero)
            {
                pause = backoff.Next(e, Transient.Wish(e));
                if (pause > rest) pause = rest;
            }

            await Task.Delay(pause, _options.Time, cancellation);
        }
    }
}
