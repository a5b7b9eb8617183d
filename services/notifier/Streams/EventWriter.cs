using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Fleet.Notifier.Streams;

/// <summary>Writes server-sent events to a response.</summary>
internal sealed class EventWriter
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/event-stream";

    /// <summary>How long a reader that does not read may hold up its own end.</summary>
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(1);

    private readonly PipeWriter _body;
    private readonly TimeSpan _heartbeat;
    private readonly TimeSpan _reconnectDelay;
    private readonly TimeProvider _time;

    /// <summary>Starts the response.</summary>
    public EventWriter(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<NotifierOptions>>().Value;
        _time = context.RequestServices.GetRequiredService<TimeProvider>();
        _heartbeat = options.Heartbeat;
        var response = context.Response;
        response.ContentType = ContentType;
        // A proxy that compresses would gather.
        response.Headers.CacheControl = "no-store, no-transform";
        // Tells nginx, and those that took it from there, not to gather what is sent.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        _body = response.BodyWriter;
        _reconnectDelay = options.ReconnectDelay;
        Retry(_reconnectDelay);
    }

    /// <summary>
    /// Says that the process ends: the reader is asked to come back soon, each after a time of its own. Readers that are sent away are
    /// spread already; this is for those who come to the same other replica.
    /// </summary>
    public async Task SayGoodbyeAsync()
    {
        Retry(_reconnectDelay * (0.5 + Random.Shared.NextDouble()));
        using var soon = new CancellationTokenSource(GoodbyeTime, _time);
        await FlushAsync(soon.Token);
    }

    /// <summary>Writes an event; it is sent with the next <see cref="FlushAsync"/>.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="data">Its data, which becomes one line of JSON.</param>
    /// <param name="id">What a reader names to go on after it.</param>
    public void Event<T>(string type, T data, long? id = null)
    {
        if (id is { } number)
        {
            Text("id: ");
            Utf8Formatter.TryFormat(number, _body.GetSpan(20), out var written);
            _body.Advance(written);
            Text("\n");
        }

        Text($"event: {type}\ndata: ");
        using (var json = new Utf8JsonWriter(_body, new JsonWriterOptions { Encoder = FleetJson.Options.Encoder }))
        {
            JsonSerializer.Serialize(json, data, FleetJson.Options);
        }

        Text("\n\n");
    }

    /// <summary>Sends what is written. False when nobody reads any more.</summary>
    public async Task<bool> FlushAsync(CancellationToken cancellation)
    {
        try
        {
            return !(await _body.FlushAsync(cancellation)).IsCompleted;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Writes and sends each update, and a comment where there is none for a while.</summary>
    /// <param name="updates">The updates.</param>
    /// <param name="writeAsync">Writes one; false when it is the last.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public async Task SendAsync<T>(IAsyncEnumerable<T> updates, Func<T, ValueTask<bool>> writeAsync, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var reader = updates.GetAsyncEnumerator(over.Token);
        var next = Task.FromResult(false);
        try
        {
            while (true)
            {
                next = reader.MoveNextAsync().AsTask();
                while (!await EndsWithinAsync(next, _heartbeat))
                {
                    Text(":\n\n");
                    if (!await FlushAsync(cancellation)) return;
                }

                if (!await next) return;
                var more = await writeAsync(reader.Current);
                if (!await FlushAsync(cancellation) || !more) return;
            }
        }
        finally
        {
            // A reader must not be left while it reads.
            await over.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan span)
    {
        if (task.IsCompleted) return true;
        await task.WaitAsync(span, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }

    private void Retry(TimeSpan delay) => Text($"retry: {(long)delay.TotalMilliseconds}\n\n");

    private void Text(string text) => Encoding.UTF8.GetBytes(text, _body);
}
