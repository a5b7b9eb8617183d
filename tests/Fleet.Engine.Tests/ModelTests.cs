using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>Hundreds of random operations against the engine and a plain model of it, which must agree at every step.</summary>
public sealed class ModelTests(RedisServer server) : EngineTests(server)
{
    private const int Operations = 400;

    public static TheoryData<int, int> Seeds => new() { { 1, 1 }, { 2, 1 }, { 3, 3 }, { 4, 3 }, { Random.Shared.Next(), 1 }, { Random.Shared.Next(), 3 } };

    [Theory, MemberData(nameof(Seeds))]
    public async Task Engine_and_model_agree(int seed, int partitions)
    {
        var engine = await StartAsync(partitions, bend: options => options.Lease = TimeSpan.Zero);
        var play = new Play(engine, new Random(seed));
        var step = 0;
        try
        {
            for (; step < Operations; step++)
            {
                await play.StepAsync();
                if (step % 40 == 0) await play.AssertAllAgreeAsync();
            }

            await play.AssertAllAgreeAsync();
            await play.EndAllAsync();
            await play.AssertAllAgreeAsync();
            await engine.AssertIdleAsync();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed} with {partitions} partitions fails in step {step}, after: {play.Last}", e);
        }
    }

    /// <summary>One game of the engine and the model.</summary>
    private sealed class Play(Engine engine, Random random)
    {
        private static readonly AttemptOutcome[] _outcomes = Enum.GetValues<AttemptOutcome>();

        private readonly List<ModelRun> _runs = [];

        public string Last { get; private set; } = "nothing";

        private IEnumerable<ModelRun> Live => _runs.Where(run => !run.IsForgotten);

        public Task StepAsync() => random.Next(100) switch
        {
            < 15 => EnqueueAsync(),
            < 35 => TakeAsync(),
            < 45 => OnHeldAsync("start", BeginAsync),
            < 53 => OnHeldAsync("append", AppendAsync),
            < 70 => OnHeldAsync("finish", FinishAsync),
            < 73 => OnHeldAsync("give back", GiveBackAsync),
            < 79 => ReportLateAsync(),
            < 86 => OnAnyAsync("cancel", async run => Assert.Equal(run.Cancel(), await engine.CancelAsync(run.Id))),
            < 91 => OnAnyAsync("retry", async run => Assert.Equal(run.Retry(), await engine.RetryAsync(run.Id))),
            < 94 => OnAnyAsync("delete", async run => Assert.Equal(run.Delete(), await engine.DeleteAsync(run.Id))),
            < 98 => PromoteAsync(),
            _ => LoseWorkersAsync(),
        };

        /// <summary>Leads every run to an end.</summary>
        public async Task EndAllAsync()
        {
            foreach (var run in Live.Where(run => run is { State: RunState.Scheduled, IsFarAway: true }).ToList())
                Assert.Equal(run.Cancel(), await engine.CancelAsync(run.Id));
            await PromoteAsync();
            foreach (var taken in await engine.TakeAsync(int.MaxValue)) Find(taken.Id).Take(taken);
            foreach (var run in _runs.Where(run => run.Held is not null).ToList())
            {
                Assert.True(await engine.FinishAsync(run.Held!));
                run.Finish(AttemptOutcome.Succeeded);
            }

            Assert.All(Live, run => Assert.True(run.State.IsFinal()));
        }

        public async Task AssertAllAgreeAsync()
        {
            foreach (var run in _runs) await AssertAgreesAsync(run);
            // A taken run counts as running, also before its start is recorded.
            var expected = Live.CountBy(run => run.Held is null ? run.State : RunState.Running).ToDictionary(count => count.Key.Name(), count => (long)count.Value);
            var active = await Task.WhenAll(engine.Keys.Partitions.Select(partition => engine.Redis.SortedSetRangeByRankAsync(partition.Active)));
            Assert.Equal(
                Live.Where(run => !run.State.IsFinal()).Select(run => run.Id.ToString()).Order(StringComparer.Ordinal),
                active.SelectMany(ids => ids).Select(id => id.ToString()).Order(StringComparer.Ordinal));
            var counts = await engine.Stats.CountsAsync();
            Assert.Equal(expected.OrderBy(count => count.Key), counts.Where(count => count.Value > 0).OrderBy(count => count.Key));
        }

        private async Task EnqueueAsync()
        {
            var count = random.Next(1, 6);
            var delays = Enumerable.Range(0, count).Select(_ => random.Next(5) switch { 0 => 3_600_000, 1 => 1, _ => 0 }).ToList();
            Last = $"enqueue with delays {string.Join(' ', delays)}";
            var ids = await engine.EnqueueAsync(count, i => Engine.Spec() with
            {
                Delay = TimeSpan.FromMilliseconds(delays[i]),
                MaxAttempts = ModelRun.AttemptsOfALife,
                Priority = (Priority)random.Next(4),
            });
            _runs.AddRange(ids.Select((id, i) => new ModelRun
            {
                Id = id,
                State = delays[i] == 0 ? RunState.Queued : RunState.Scheduled,
                IsFarAway = delays[i] > 1,
            }));
        }

        private async Task TakeAsync()
        {
            var count = random.Next(1, 5);
            Last = $"take {count}";
            var waiting = Live.Count(run => run.State == RunState.Queued && run.Held is null);
            var taken = await engine.TakeAsync(count);
            Assert.Equal(Math.Min(count, waiting), taken.Count);
            foreach (var held in taken)
            {
                var run = Find(held.Id);
                Assert.Null(run.Held);
                Assert.Equal((RunState.Queued, run.Attempt + 1, run.MaxAttempts), (run.State, held.Attempt, held.MaxAttempts));
                run.Take(held);
            }
        }

        private async Task BeginAsync(ModelRun run)
        {
            Assert.Equal(run.Standing, await engine.BeginAsync(run.Held!));
            run.Announce();
        }

        private async Task AppendAsync(ModelRun run)
        {
            var events = random.Next(1, 4);
            Assert.True(await engine.AppendAsync(run.Held!, [.. Enumerable.Range(0, events).Select(i => i == 0 ? Engine.Progress(0.5) : Engine.Log("a"))]));
            run.Append(events);
        }

        private async Task FinishAsync(ModelRun run)
        {
            var outcome = _outcomes[random.Next(_outcomes.Length)];
            Last += $" as {outcome}";
            Assert.True(await engine.FinishAsync(run.Held!, outcome, delay: TimeSpan.FromMilliseconds(1)));
            run.IsFarAway = false;
            run.Finish(outcome);
        }

        private async Task GiveBackAsync(ModelRun run)
        {
            Assert.True(await engine.GiveBackAsync(run.Held!));
            run.GiveBack();
        }

        private async Task ReportLateAsync()
        {
            if (Pick(_runs.Where(run => run.Past.Count > 0)) is not { } run) return;
            var late = run.Past[random.Next(run.Past.Count)];
            Last = $"late report of attempt {late.Attempt} of {run.Id}";
            Assert.False(await engine.FinishAsync(late, _outcomes[random.Next(_outcomes.Length)]));
            Assert.False(await engine.AppendAsync(late, Engine.Log("late")));
            Assert.Equal(AttemptStanding.Lost, await engine.BeginAsync(late));
            await AssertAgreesAsync(run);
        }

        private async Task PromoteAsync()
        {
            Last = "promote";
            var due = Live.Where(run => run is { State: RunState.Scheduled, IsFarAway: false }).ToList();
            await engine.PromoteAllButAsync(Live.Count(run => run is { State: RunState.Scheduled, IsFarAway: true }));
            foreach (var run in due) run.Promote();
        }

        private async Task LoseWorkersAsync()
        {
            Last = "lose all workers";
            await engine.LoseWorkersAsync();
            foreach (var run in _runs.Where(run => run.Held is not null).ToList()) run.LoseWorker();
        }

        private Task OnHeldAsync(string what, Func<ModelRun, Task> act) => OnAsync(what, _runs.Where(run => run.Held is not null), act);

        private Task OnAnyAsync(string what, Func<ModelRun, Task> act) => OnAsync(what, _runs, act);

        private async Task OnAsync(string what, IEnumerable<ModelRun> candidates, Func<ModelRun, Task> act)
        {
            if (Pick(candidates) is not { } run) return;
            Last = $"{what} {run.Id}";
            await act(run);
            await AssertAgreesAsync(run);
        }

        private ModelRun? Pick(IEnumerable<ModelRun> candidates)
        {
            var all = candidates.ToList();
            return all.Count == 0 ? null : all[random.Next(all.Count)];
        }

        private ModelRun Find(RunId id) => _runs.Single(run => run.Id == id);

        private async Task AssertAgreesAsync(ModelRun run)
        {
            if (run.IsForgotten)
            {
                Assert.Null(await engine.Reader.GetAsync(run.Id));
                return;
            }

            var actual = await engine.RunAsync(run.Id);
            Assert.Equal((run.State, run.Attempt, run.MaxAttempts, run.Seq), (actual.State, actual.Attempt, actual.MaxAttempts, actual.Seq));
            await engine.EventsAsync(run.Id);
        }
    }
}
