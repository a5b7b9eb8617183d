using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Testing;

/// <summary>
/// A web server that answers as a test says, request by request, for what a real server cannot be brought to do on demand:
/// break off in the middle of an event, say, or fall silent.
/// </summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = new();
    private readonly ConcurrentQueue<SeenRequest> _requests = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _seen = new();

    private ScriptedServer(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>What it was asked so far.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <summary>Starts one on a free port, or on <paramref name="port"/>.</summary>
    public static async Task<ScriptedServer> StartAsync(int port = 0)
    {
        var server = new ScriptedServer(port);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Answers the next request that has no answer yet. A request too many gets status 599.</summary>
    public ScriptedServer Then(Func<HttpContext, Task> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    /// <summary>Answers the next request with JSON.</summary>
    public ScriptedServer ThenJson(string json, int status = 200, string contentType = "application/json") => Then(context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(json);
    });

    /// <summary>Answers the next request with server-sent events, and ends in good order.</summary>
    public ScriptedServer ThenEvents(params string[] events) => Then(context => SendEventsAsync(context, events));

    /// <summary>
    /// Answers the next request with server-sent events, and breaks the connection when the test has seen the event
    /// <paramref name="last"/>: broken any sooner, a connection loses what is on its way.
    /// </summary>
    public ScriptedServer ThenEventsAndBreak(long last, params string[] events) => Then(async context =>
    {
        await SendEventsAsync(context, events);
        await Seen(last).Task.WaitAsync(context.RequestAborted);
        context.Abort();
    });

    /// <summary>The test has seen an event.</summary>
    public void Saw(long seq) => Seen(seq).TrySetResult();

    /// <summary>Sends server-sent events, each as it stands.</summary>
    public static async Task SendEventsAsync(HttpContext context, params string[] events)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.StartAsync();
        foreach (var item in events) await context.Response.WriteAsync(item);
        await context.Response.Body.FlushAsync();
    }

    /// <summary>An event as the contract has it on the wire.</summary>
    public static string Event(long seq, string type, string data = "null", int attempt = 1) =>
        $"id: {seq}\nevent: {type}\ndata: {{\"seq\":{seq},\"type\":\"{type}\",\"at\":\"2026-01-31T09:30:00.{seq:000}Z\",\"attempt\":{attempt},\"data\":{data}}}\n\n";

    /// <summary>Ends the process's listening at once.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private TaskCompletionSource Seen(long seq) => _seen.GetOrAdd(seq, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        _requests.Enqueue(new SeenRequest(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await body.ReadToEndAsync()));
        if (_answers.TryDequeue(out var answer)) await answer(context);
        else context.Response.StatusCode = 599;
    }
}

/// <summary>A request that a <see cref="ScriptedServer"/> got.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its path and query.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
public sealed record SeenRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);
