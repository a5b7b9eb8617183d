using System.Collections.Concurrent;

namespace Fleet.Engine.Catalogue;

/// <summary>
/// Makes rates from what Redis counts of each queue's streams anyway, so that they cost the scripts nothing: how many entries came and how
/// many are gone, compared with what they were up to ten seconds ago.
/// </summary>
internal sealed class QueueMeter(TimeProvider time)
{
    /// <summary>Looks closer together than this are one: a rate over less would be a guess.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Queue<Look>> _looks = new();

    /// <summary>The rates since the oldest look that is not too old; null where there was none.</summary>
    public QueueRates? Measure(string queue, long entered, long left)
    {
        var now = new Look(time.GetTimestamp(), entered, left);
        var looks = _looks.GetOrAdd(queue, _ => new Queue<Look>());
        lock (looks)
        {
            // The newest one is kept however old it is: rather a rate over a minute than none.
            while (looks.Count > 1 && time.GetElapsedTime(looks.Peek().At, now.At) > Most) looks.Dequeue();
            // A Redis that lost its last writes counts from where it was.
            if (looks.Any(look => look.Entered > entered || look.Left > left)) looks.Clear();
            var rates = looks.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now.At) >= Least ? Between(oldest, now) : null;
            if (looks.Count == 0 || time.GetElapsedTime(looks.Last().At, now.At) >= Least) looks.Enqueue(now);
            return rates;
        }
    }

    private QueueRates Between(Look before, Look now)
    {
        var seconds = time.GetElapsedTime(before.At, now.At).TotalSeconds;
        return new QueueRates(Math.Round((now.Entered - before.Entered) / seconds, 1), Math.Round((now.Left - before.Left) / seconds, 1));
    }

    private readonly record struct Look(long At, long Entered, long Left);
}
