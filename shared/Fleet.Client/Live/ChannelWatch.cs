using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Fleet.Client.Live;

/// <summary>A watch whose news wait in a channel until its reader asks for them.</summary>
internal abstract class ChannelWatch<T> : HubWatch
{
    private readonly Channel<T> _news = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>The news, for as long as they are read.</summary>
    public async IAsyncEnumerable<T> ReadAsync(LiveLinks links, [EnumeratorCancellation] CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var link = links.Add(this);
        try
        {
            await foreach (var news in _news.Reader.ReadAllAsync(cancellation)) yield return news;
        }
        finally
        {
            await link.RemoveAsync(this);
        }
    }

    public override void Fail(Exception? error) => _news.Writer.TryComplete(error);

    protected void Tell(T news) => _news.Writer.TryWrite(news);
}
