using System.Collections.Concurrent;

namespace Fleet.Engine.Tests;

public sealed class NaturalBatchTests
{
    [Fact]
    public async Task An_item_alone_is_sent_at_once()
    {
        var sender = new Sender();
        var batch = new NaturalBatch<int, string>(10, sender.SendAsync);
        var result = batch.AddAsync(1);
        Assert.Equal([1], await sender.NextAsync());
        sender.Release();
        Assert.Equal("1", await result.Soon());
    }

    [Fact]
    public async Task What_arrives_during_a_call_goes_into_the_next_one_in_order()
    {
        var sender = new Sender();
        var batch = new NaturalBatch<int, string>(10, sender.SendAsync);
        var results = new List<Task<string>> { batch.AddAsync(0) };
        await sender.NextAsync();
        results.AddRange(Enumerable.Range(1, 5).Select(batch.AddAsync));
        sender.Release();
        Assert.Equal([1, 2, 3, 4, 5], await sender.NextAsync());
        Assert.False(results[1].IsCompleted);
        sender.Release();
        Assert.Equal(["0", "1", "2", "3", "4", "5"], await Task.WhenAll(results).Soon());
    }

    [Fact]
    public async Task No_batch_is_larger_than_allowed()
    {
        var sender = new Sender();
        var batch = new NaturalBatch<int, string>(3, sender.SendAsync);
        var results = new List<Task<string>> { batch.AddAsync(0) };
        await sender.NextAsync();
        results.AddRange(Enumerable.Range(1, 7).Select(batch.AddAsync));
        foreach (var expected in new int[][] { [1, 2, 3], [4, 5, 6], [7] })
        {
            sender.Release();
            Assert.Equal(expected, await sender.NextAsync());
        }

        sender.Release();
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}"), await Task.WhenAll(results).Soon());
    }

    [Fact]
    public async Task A_failure_belongs_to_its_batch_alone()
    {
        var sender = new Sender();
        var batch = new NaturalBatch<int, string>(2, sender.SendAsync);
        var first = batch.AddAsync(0);
        await sender.NextAsync();
        Task<string>[] failing = [batch.AddAsync(1), batch.AddAsync(2)];
        Task<string>[] fine = [batch.AddAsync(3), batch.AddAsync(4)];
        sender.Release();
        await sender.NextAsync();
        sender.Release(new InvalidOperationException("down"));
        await sender.NextAsync();
        sender.Release();

        Assert.Equal("0", await first.Soon());
        foreach (var call in failing) Assert.Equal("down", (await Assert.ThrowsAsync<InvalidOperationException>(() => call.Soon())).Message);
        Assert.Equal(["3", "4"], await Task.WhenAll(fine).Soon());
    }

    [Fact]
    public async Task A_sender_that_throws_before_it_waits_fails_its_batch_and_the_next_goes_on()
    {
        var down = true;
        var batch = new NaturalBatch<int, string>(2, items => down
            ? throw new InvalidOperationException("down")
            : Task.FromResult<IReadOnlyList<string>>([.. items.Select(item => $"{item}")]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => batch.AddAsync(1).Soon());
        down = false;
        Assert.Equal("2", await batch.AddAsync(2).Soon());
    }

    [Fact]
    public async Task Too_few_results_fail_the_callers_that_got_none()
    {
        var batch = new NaturalBatch<int, string>(2, _ => Task.FromResult<IReadOnlyList<string>>([]));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => batch.AddAsync(1).Soon());
    }

    [Fact]
    public async Task Under_concurrency_each_caller_gets_its_own_result_and_calls_never_overlap()
    {
        var (underWay, overlapped, largest) = (0, false, 0);
        var batch = new NaturalBatch<int, int>(64, async items =>
        {
            overlapped |= Interlocked.Increment(ref underWay) > 1;
            largest = Math.Max(largest, items.Count);
            await Task.Yield();
            Interlocked.Decrement(ref underWay);
            return [.. items.Select(item => item * 2)];
        });

        var wrong = new ConcurrentBag<int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 20_000), new ParallelOptions { MaxDegreeOfParallelism = 500 }, async (item, _) =>
        {
            if (await batch.AddAsync(item).Soon() != item * 2) wrong.Add(item);
        });
        Assert.Empty(wrong);
        Assert.False(overlapped);
        Assert.InRange(largest, 2, 64);
    }

    /// <summary>Holds each batch until the test lets it go.</summary>
    private sealed class Sender
    {
        private readonly BlockingCollection<IReadOnlyList<int>> _sent = [];
        private TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<IReadOnlyList<string>> SendAsync(IReadOnlyList<int> items)
        {
            var gate = _gate;
            _sent.Add(items);
            await gate.Task;
            return [.. items.Select(item => $"{item}")];
        }

        public Task<IReadOnlyList<int>> NextAsync() => Task.Run(() => _sent.Take()).Soon();

        public void Release(Exception? failure = null)
        {
            var gate = _gate;
            _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (failure is null) gate.SetResult();
            else gate.SetException(failure);
        }
    }
}
