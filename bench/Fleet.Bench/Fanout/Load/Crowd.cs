using Fleet.Bench.Fanout.Servers;

namespace Fleet.Bench.Fanout.Load;

/// <summary>The clients of one measurement, spread over its servers.</summary>
internal sealed class Crowd : IDisposable
{
    /// <summary>How many connect at a time; more would only wait in the servers' backlog.</summary>
    private const int AtATime = 64;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan JoinsWithin = TimeSpan.FromSeconds(30);

    /// <summary>For how long nothing may arrive before what is still missing is taken for lost.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(40);

    private readonly LoadConnection[] _members;

    private Crowd(LoadLoop loop, LoadConnection[] members)
    {
        Loop = loop;
        _members = members;
    }

    public LoadLoop Loop { get; }

    public IReadOnlyList<LoadConnection> Members => _members;

    /// <summary>Connects all of them and lets them join.</summary>
    /// <param name="servers">The servers, which get one after another.</param>
    /// <param name="clients">How many.</param>
    /// <param name="join">The call with which each joins.</param>
    /// <param name="times">When what each receives was published.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<Crowd> GatherAsync(
        ServerGroup servers, int clients, Func<int, byte[]> join, Func<int, SendTimes> times, CancellationToken cancellation)
    {
        // Room for those who publish, too.
        var crowd = new Crowd(new LoadLoop(clients + 8), new LoadConnection[clients]);
        try
        {
            for (var first = 0; first < clients; first += AtATime)
            {
                var last = Math.Min(first + AtATime, clients);
                for (var i = first; i < last; i++)
                    crowd._members[i] = crowd.Loop.Open(servers.Servers[i % servers.Servers.Count].Address, servers.Dialect, join(i), times(i));
                await Task.WhenAll(crowd._members[first..last].Select(member => member.Joined)).WaitAsync(JoinsWithin, cancellation);
            }

            return crowd;
        }
        catch
        {
            crowd.Dispose();
            throw;
        }
    }

    /// <summary>Waits until so many have arrived since the last reset, or nothing arrives any more.</summary>
    public async Task SettleAsync(long deliveries, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var (seen, since) = (-1L, start);
        while (Loop.Stats.Deliveries < deliveries && time.GetElapsedTime(since) < Silence && time.GetElapsedTime(start) < SettlesWithin)
        {
            if (Loop.Stats.Deliveries is var now && now != seen) (seen, since) = (now, time.GetTimestamp());
            await Task.Delay(Look, cancellation);
        }
    }

    public void Dispose() => Loop.Dispose();
}
