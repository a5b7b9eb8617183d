using System.Threading.Channels;
using Fleet.Client;

namespace Fleet.Cli.Watching;

/// <summary>Watches runs until all of them are final: brings their events together and hands them to a view, one at a time.</summary>
internal sealed class Watch(Session session, IReadOnlyList<WatchedRun> runs)
{
    private readonly Channel<Action<IWatchView>> _news = Channel.CreateUnbounded<Action<IWatchView>>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Watches with the view that suits the output.</summary>
    /// <returns>The exit code: fine when all runs succeeded.</returns>
    public async Task<int> FollowAsync(CancellationToken cancellation)
    {
        IWatchView view = session.Json ? new JsonWatchView(session)
            : session.Out.IsTerminal ? new LiveWatchView(session.Out, session.Host.Time, runs)
            : new PlainWatchView(session, prefix: runs.Count > 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pumping = PumpAllAsync(stop.Token);
        try
        {
            await ShowAsync(view, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            view.Leave();
            var unfinished = runs.Where(run => !run.Over).Select(run => run.Id);
            session.Messages.Line("Stopped watching; the run goes on. To watch it again:");
            session.Messages.Line($"  ./fleet watch {string.Join(' ', unfinished)}");
            return ExitCode.Interrupted;
        }
        finally
        {
            view.Leave();
            await stop.CancelAsync();
            await pumping;
        }

        return runs.All(run => run.State == RunState.Succeeded) ? ExitCode.Fine : ExitCode.RunFailed;
    }

    private async Task ShowAsync(IWatchView view, CancellationToken cancellation)
    {
        view.Tick();
        var more = _news.Reader.WaitToReadAsync(cancellation).AsTask();
        while (true)
        {
            if (view.Beat is { } beat && !more.IsCompleted)
            {
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                await Task.WhenAny(more, Task.Delay(beat, session.Host.Time, enough.Token));
                await enough.CancelAsync();
                view.Tick();
                if (!more.IsCompleted) continue;
            }

            if (!await more) return;
            while (_news.Reader.TryRead(out var news)) news(view);
            view.Tick();
            more = _news.Reader.WaitToReadAsync(cancellation).AsTask();
        }
    }

    private async Task PumpAllAsync(CancellationToken cancellation)
    {
        Exception? failure = null;
        try
        {
            await Task.WhenAll(runs.Select(run => PumpAsync(run, cancellation)));
        }
        catch (Exception e)
        {
            // The reader throws it on.
            failure = e;
        }

        _news.Writer.TryComplete(failure);
    }

    private async Task PumpAsync(WatchedRun run, CancellationToken cancellation)
    {
        try
        {
            var isFinal = false;
            await foreach (var item in session.Client.WatchRunAsync(run.Id, new RunWatchOptions { Interrupted = Interrupted }, cancellation))
            {
                isFinal = item.Type.IsFinal();
                Post(view =>
                {
                    run.Apply(item);
                    view.Happened(run, item);
                });
            }

            // A stream that ends without an end is that of a run which was deleted; the API then says so.
            var last = isFinal ? null : await session.Client.GetRunAsync(run.Id, cancellation);
            Post(view =>
            {
                if (last is not null) run.Apply(last);
                run.End();
                view.Ended(run);
            });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // One run that cannot be watched ends the watch of all: waiting on would hide it.
            _news.Writer.TryComplete(e);
            throw;
        }

        void Interrupted(WatchInterruption interruption) => Post(view => view.Interrupted(interruption));
    }

    private void Post(Action<IWatchView> news) => _news.Writer.TryWrite(news);
}
