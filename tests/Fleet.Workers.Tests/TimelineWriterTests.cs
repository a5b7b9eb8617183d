using Fleet.Engine.Work;

namespace Fleet.Workers.Tests;

/// <summary>What a handler tells comes in order, bounded and merged.</summary>
public sealed class TimelineWriterTests
{
    private readonly Recorder _recorder = new();

    [Fact]
    public async Task Progress_that_follows_at_once_is_merged_and_the_newest_wins()
    {
        var writer = _recorder.Writer();
        var from = TimeProvider.System.GetTimestamp();
        var told = 0;
        while (TimeProvider.System.GetElapsedTime(from) < TimeSpan.FromMilliseconds(500))
        {
            writer.Add(EventType.Progress, $"{++told}");
            await Task.Yield();
        }

        await writer.FlushAsync().Soon();

        Assert.InRange(_recorder.Data.Count, 2, 20);
        Assert.Equal($"{told}", _recorder.Data[^1]);
        Assert.Equal(_recorder.Data.Select(int.Parse).Order(), _recorder.Data.Select(int.Parse));
    }

    [Fact]
    public async Task Progress_between_lines_keeps_its_place()
    {
        var writer = _recorder.Writer();
        string[] told = ["p1", "l1", "p2", "l2", "l3", "p3", "l4"];
        foreach (var data in told)
        {
            if (data[0] == 'p') writer.Add(EventType.Progress, data);
            else writer.TryAddLine(data);
        }

        await writer.FlushAsync().Soon();

        Assert.Equal(told, _recorder.Data);
    }

    [Fact]
    public async Task Progress_between_many_lines_is_merged_too()
    {
        var writer = _recorder.Writer();
        for (var i = 0; i < 1000; i++)
        {
            writer.Add(EventType.Progress, $"p{i}");
            await writer.AddLineAsync($"l{i}", CancellationToken.None);
        }

        await writer.FlushAsync().Soon();

        var lines = _recorder.Data.Where(data => data[0] == 'l').ToList();
        var progress = _recorder.Data.Where(data => data[0] == 'p').Select(data => int.Parse(data.AsSpan(1), provider: null)).ToList();
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"l{i}"), lines);
        Assert.InRange(progress.Count, 2, 21);
        Assert.Equal(999, progress[^1]);
        Assert.Equal(progress.Order(), progress);
    }

    [Fact]
    public async Task A_line_does_not_wait_for_the_pause_that_progress_takes()
    {
        var writer = _recorder.Writer(new FrozenTime());
        writer.Add(EventType.Progress, "p");
        await Until.TrueAsync("the progress is sent", () => _recorder.Data.Count == 1);

        // The pause never ends by itself here.
        writer.TryAddLine("l");

        await Until.TrueAsync("the line is sent", () => _recorder.Data.Count == 2);
    }

    [Fact]
    public async Task Lines_wait_for_room_when_they_are_told_to_and_none_is_lost()
    {
        var writer = await HeldAsync();
        for (var i = 1; i <= 10_000; i++) await writer.AddLineAsync($"{i}", CancellationToken.None);

        var waiting = writer.AddLineAsync("10001", CancellationToken.None).AsTask();
        using var impatient = new CancellationTokenSource();
        var givenUp = writer.AddLineAsync("never", impatient.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp.Soon());
        _recorder.Release();
        await waiting.Soon();
        await writer.FlushAsync().Soon();

        Assert.Equal(Enumerable.Range(0, 10_002).Select(i => $"{i}"), _recorder.Data);
        Assert.InRange(_recorder.Largest, 1, 256);
    }

    [Fact]
    public async Task Long_lines_go_out_in_calls_of_about_64_KiB()
    {
        var writer = await HeldAsync();
        for (var i = 1; i <= 100; i++) writer.TryAddLine($"{i}".PadLeft(10_000));
        _recorder.Release();
        await writer.FlushAsync().Soon();

        Assert.Equal(Enumerable.Range(0, 101).Select(i => $"{i}"), _recorder.Data.Select(line => line.TrimStart()));
        Assert.Equal(7, _recorder.Largest);
    }

    [Fact]
    public async Task Lines_that_do_not_wait_are_dropped_beyond_a_bound_and_counted_where_they_are_missing()
    {
        var writer = await HeldAsync();
        for (var i = 1; i <= 10_007; i++) writer.TryAddLine($"{i}");
        _recorder.Release();
        await writer.FlushAsync().Soon();
        writer.TryAddLine("after");
        await writer.FlushAsync().Soon();

        Assert.Equal(10_003, _recorder.Data.Count);
        Assert.Equal("""{"line":"7 lines were dropped here: they came faster than they could be recorded.","stream":"fleet"}""", _recorder.Data[10_001]);
        Assert.Equal("after", _recorder.Data[10_002]);
    }

    [Fact]
    public async Task A_lost_attempt_lets_go_of_those_who_wait()
    {
        _recorder.IsLost = true;
        var writer = await HeldAsync();
        for (var i = 1; i <= 10_000; i++) writer.TryAddLine($"{i}");
        var waiting = writer.AddLineAsync("more", CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        _recorder.Release();

        await waiting.Soon();
        await writer.FlushAsync().Soon();
        writer.TryAddLine("nobody reads this");
        await writer.FlushAsync().Soon();
        Assert.Equal(1, _recorder.Losses);
        Assert.Equal(["0"], _recorder.Data);
    }

    [Fact]
    public async Task Flushing_what_is_empty_is_done_at_once() => await _recorder.Writer().FlushAsync().Soon();

    /// <summary>A writer whose first call, with the line 0, is under way and held.</summary>
    private async Task<TimelineWriter> HeldAsync()
    {
        var writer = _recorder.Writer();
        _recorder.Hold();
        writer.TryAddLine("0");
        await _recorder.Called.Soon();
        return writer;
    }

    /// <summary>Keeps what is sent, and holds calls up when it is told to.</summary>
    private sealed class Recorder
    {
        private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource? _held;

        public List<string> Data { get; } = [];

        public int Largest { get; private set; }

        public int Losses { get; private set; }

        public bool IsLost { get; set; }

        public Task Called => _called.Task;

        public TimelineWriter Writer(TimeProvider? time = null) => new(SendAsync, () => Losses++, time ?? TimeProvider.System);

        public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _held!.SetResult();

        private async Task<bool> SendAsync(IReadOnlyList<AttemptEvent> events)
        {
            Data.AddRange(events.Select(e => e.Data));
            Largest = Math.Max(Largest, events.Count);
            _called.TrySetResult();
            if (_held is { } held) await held.Task;
            return !IsLost;
        }
    }

    /// <summary>A clock that stands still: no timer fires.</summary>
    private sealed class FrozenTime : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
