using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli.Pages;

/// <summary>A page that is read and drawn anew again and again, until a person has seen enough.</summary>
/// <param name="session">The session.</param>
/// <param name="interval">How often it is read.</param>
/// <param name="read">Reads what it shows.</param>
/// <param name="draw">Makes lines of it that fit.</param>
internal sealed class LivePage<T>(
    Session session, TimeSpan interval, Func<CancellationToken, Task<T>> read, Func<T, PageFrame, IReadOnlyList<IReadOnlyList<Cell>>> draw)
{
    /// <summary>How soon a key, or another size of the window, is noticed.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly Screen _screen = session.Out;
    private readonly TimeProvider _time = session.Host.Time;
    private volatile bool _stale = true;
    private bool _holds;
    private string? _fault;

    /// <summary>Shows it on the whole screen.</summary>
    public async Task<int> ShowAsync(CancellationToken cancellation)
    {
        // Read before the screen is taken: that there is no connection is said where it can be read.
        var content = await read(cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var full = new FullScreen(_screen, stop.Cancel, () => _stale = true);
        var (readAt, size) = (_time.GetTimestamp(), default((int, int)));
        Task<T>? reading = null;
        try
        {
            while (!Ends())
            {
                if (reading is { IsCompleted: true } done)
                {
                    content = await TakeAsync(done, content);
                    (reading, readAt) = (null, _time.GetTimestamp());
                }

                if (reading is null && !_holds && _time.GetElapsedTime(readAt) >= interval) reading = read(stop.Token);
                if (size != (_screen.Width, _screen.Height)) _stale = true;
                if (_stale)
                {
                    _stale = false;
                    size = (_screen.Width, _screen.Height);
                    full.Draw(draw(content, new PageFrame(size.Item1, size.Item2, _time.GetUtcNow(), interval, _holds, _fault)));
                }

                await Task.Delay(Glance, _time, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ctrl-C is a way to quit like any other here.
        }

        return ExitCode.Fine;
    }

    /// <summary>Takes in what was read. A server that is away for a while is waited for, with what was there before on the screen.</summary>
    private async Task<T> TakeAsync(Task<T> reading, T before)
    {
        _stale = true;
        try
        {
            var content = await reading;
            _fault = null;
            return content;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException or FleetApiException { Status: >= 500 }
            or OperationCanceledException { InnerException: TimeoutException })
        {
            _fault = "Fleet cannot be reached; trying again. This is how it was.";
            return before;
        }
    }

    /// <summary>Reads the keys that were typed: q and Escape quit, space holds the picture.</summary>
    private bool Ends()
    {
        if (!session.Host.InIsTerminal) return false;
        while (Console.KeyAvailable)
        {
            switch (Console.ReadKey(intercept: true).Key)
            {
                case ConsoleKey.Q or ConsoleKey.Escape:
                    return true;
                case ConsoleKey.Spacebar:
                    _holds = !_holds;
                    _stale = true;
                    break;
            }
        }

        return false;
    }
}

/// <summary>The room that a page has, and what stands around its content.</summary>
/// <param name="Width">Its columns.</param>
/// <param name="Height">Its lines.</param>
/// <param name="Now">The time.</param>
/// <param name="Interval">How often it is read.</param>
/// <param name="Holds">Whether it is held.</param>
/// <param name="Fault">Why it is not what it should be; null when it is.</param>
internal sealed record PageFrame(int Width, int Height, DateTimeOffset Now, TimeSpan Interval, bool Holds, string? Fault)
{
    /// <summary>The first line of a page: its name, the keys, and what is wrong.</summary>
    public IReadOnlyList<Cell> Head(string name)
    {
        if (Fault is not null) return [new Cell(name, Tint.Strong), new Cell($"  {Fault}", Tint.Warning)];
        var how = Holds ? "held, space goes on" : $"every {TimeText.Duration(Interval)}, space holds";
        return [new Cell(name, Tint.Strong), new Cell($"  {Now.UtcDateTime:HH:mm:ss}Z  {how}, q quits", Tint.Faint)];
    }
}
