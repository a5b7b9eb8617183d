using System.Net;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text.Json;

namespace Fleet.Faults.Load;

/// <summary>
/// One watch of a run through its event stream, as a browser's EventSource reads it: it connects again and names the last event it saw until
/// the server says that there is no more.
/// </summary>
internal sealed class StreamWatch(Uri stream, WatchLog log, TimeProvider time)
{
    /// <summary>Three heartbeats.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <exception cref="EventsMissingException">The notifier says that events are missing.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = SilenceLimit };
        while (!await FollowAsync(http, cancellation))
        {
            log.Interrupted();
            await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <summary>One connection's time. True when it saw the run's end.</summary>
    private async Task<bool> FollowAsync(HttpClient http, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, stream);
            if (log.Seen > 0) request.Headers.Add("Last-Event-ID", $"{log.Seen}");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.StatusCode == HttpStatusCode.NoContent) return true;
            response.EnsureSuccessStatusCode();

            await using var body = new Heard(await response.Content.ReadAsStreamAsync(cancellation), () => silence.CancelAfter(SilenceLimit));
            var isFinal = false;
            await foreach (var item in SseParser.Create(body, (_, data) => data.ToArray()).EnumerateAsync(silence.Token))
            {
                if (item.EventType == "gap") throw new EventsMissingException("The event stream says that events are missing.");
                if (!EventTypes.TryParse(item.EventType, out var type)) continue;
                log.Add(JsonSerializer.Deserialize<RunEvent>(item.Data, FleetJson.Options)!);
                isFinal = type.IsFinal();
            }

            // It ends after a final event, unless a retry followed that.
            return isFinal;
        }
        // It is away, goes away just now, or has no Redis.
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>A stream that says whenever something of it was read.</summary>
    private sealed class Heard(Stream inner, Action heard) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            heard();
            return await inner.ReadAsync(buffer, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>A notifier could not tell a watcher everything.</summary>
internal sealed class EventsMissingException(string message) : Exception(message);
