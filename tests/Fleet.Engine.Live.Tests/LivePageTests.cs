using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Live.Tests;

public sealed class LivePageTests(RedisServer redis) : IClassFixture<RedisServer>
{
    /// <summary>FLEET_TEST_SEED repeats a sequence.</summary>
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("FLEET_TEST_SEED"), out var given) ? given : Random.Shared.Next();

    [Fact]
    public async Task RandomChanges_EveryPage_EndsAsTheListSays()
    {
        await using var host = await LiveHost.StartAsync(redis, partitions: 2);
        var dice = new Random(Seed);
        var first = (await host.Driver.EnqueueManyAsync(30)).OrderDescending().ToList();
        var filters = new[]
        {
            new FeedFilter { Page = new ListWindow { Limit = 5 } },
            new FeedFilter { Page = new ListWindow { Limit = 7, Cursor = first[4] } },
            new FeedFilter { State = [RunState.Queued], Page = new ListWindow { Limit = 6 } },
            new FeedFilter { State = [RunState.Running, RunState.Failed], Page = new ListWindow { Limit = 6 } },
            new FeedFilter { State = [RunState.Succeeded], Job = "test.other", Page = new ListWindow { Limit = 3 } },
        };
        var tables = await Task.WhenAll(filters.Select(filter => Table.OpenAsync(host, filter)));
        try
        {
            await ChangeAsync(host, dice);
            foreach (var table in tables)
            {
                var expected = await host.FeedReader.SnapshotAsync(table.Filter);
                await Eventually.IsTrueAsync(
                    () => table.Shows(expected), $"with FLEET_TEST_SEED={Seed} the page {table.Filter} shows what the list has");
            }
        }
        finally
        {
            foreach (var table in tables) await table.DisposeAsync();
        }
    }

    [Fact]
    public void Take_ManyChangesWhileNobodyReads_KeepsNoMoreThanThePage()
    {
        var filter = new FeedFilter { Page = new ListWindow { Limit = 10 } };
        var page = new LivePage(filter, filter.Page);
        page.BeginReading();
        page.EndReading([], null, isNews: false);
        for (var number = 1; number <= 30_000; number++) page.Add([Item(number, RunState.Queued)]);

        var update = page.Take();
        Assert.Equal(10, update.Runs.Count);
        Assert.Equal(update.Runs.Select(run => run.Id), update.Page!.Ids);
        Assert.Equal(update.Page.Ids[^1].ToString(), update.Page.Next);
        Assert.False(page.HasNews);
    }

    [Fact]
    public void Add_ChangesBelowAFullPage_AreNoNews()
    {
        var filter = new FeedFilter { Page = new ListWindow { Limit = 2 } };
        var page = new LivePage(filter, filter.Page);
        page.BeginReading();
        page.EndReading([Item(9, RunState.Queued), Item(8, RunState.Queued)], Item(8, RunState.Queued).Id.ToString(), isNews: false);
        page.Add([Item(7, RunState.Running), Item(1, RunState.Succeeded)]);
        Assert.False(page.HasNews);
        Assert.False(page.IsStale);
    }

    private static async Task ChangeAsync(LiveHost host, Random dice)
    {
        var running = new List<TakenRun>();
        for (var step = 0; step < 300; step++)
        {
            switch (dice.Next(5))
            {
                case 0:
                    await host.Driver.EnqueueAsync(dice.Next(2) == 0 ? "test.job" : "test.other");
                    break;
                case 1 or 2:
                    var taken = await host.Driver.TakeAsync(1);
                    running.AddRange(taken);
                    // A run whose handler tells something is seen to run; others may be seen only when they end.
                    if (taken.Count > 0 && dice.Next(2) == 0) await host.Driver.LogAsync(taken[0], 1, 1);
                    break;
                default:
                    if (running.Count == 0) break;
                    var ended = running[dice.Next(running.Count)];
                    running.Remove(ended);
                    await host.Driver.FinishAsync([ended], dice.Next(2) == 0 ? AttemptOutcome.Succeeded : AttemptOutcome.Failed);
                    if (dice.Next(4) == 0) await host.Driver.RetryAsync(ended.Id);
                    break;
            }
        }
    }

    private static FeedItem Item(int number, RunState state) => new()
    {
        Id = RunId.Create(number, 0, new byte[9]),
        Job = "test.job",
        Queue = "default",
        State = state,
        Seq = 1,
    };

    /// <summary>Follows a page by what its watch tells.</summary>
    private sealed class Table : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly Dictionary<RunId, FeedItem> _known = [];
        private readonly Lock _lock = new();
        private readonly FeedWatch _watch;
        private FeedPage _page;
        private Task _reading = Task.CompletedTask;

        private Table(FeedFilter filter, FeedWatch watch, FeedSnapshot snapshot)
        {
            (Filter, _watch) = (filter, watch);
            _page = new FeedPage([.. snapshot.Runs.Select(run => run.Id)], snapshot.Next);
            foreach (var run in snapshot.Runs) _known[run.Id] = run;
        }

        public FeedFilter Filter { get; }

        public static async Task<Table> OpenAsync(LiveHost host, FeedFilter filter)
        {
            var watch = host.Feed.Watch(filter);
            var table = new Table(filter, watch, await watch.SnapshotAsync());
            table._reading = table.ReadAsync();
            return table;
        }

        public bool Shows(FeedSnapshot expected)
        {
            lock (_lock)
            {
                return _page.Next == expected.Next
                    && _page.Ids.Select(id => (id, _known[id].State, _known[id].Seq)).SequenceEqual(expected.Runs.Select(run => (run.Id, run.State, run.Seq)));
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _reading;
            _watch.Dispose();
            _over.Dispose();
        }

        private async Task ReadAsync()
        {
            await foreach (var update in _watch.ReadAsync(_over.Token))
            {
                lock (_lock)
                {
                    foreach (var run in update.Runs) _known[run.Id] = run;
                    _page = update.Page ?? _page;
                }
            }
        }
    }
}
