using System.Collections.Concurrent;
using System.Threading.Channels;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.SignalR.Tests;

/// <summary>A client that remembers what it was sent.</summary>
internal sealed class HubProbe : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    private readonly ConcurrentQueue<string> _seen = new();
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _resync = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _id;

    private HubProbe(HubConnection connection)
    {
        Connection = connection;
        connection.On<string>("Say", See);
        connection.On("Resync", () =>
        {
            See("(resync)");
            _resync.TrySetResult();
        });
        connection.Closed += _ =>
        {
            _said.Writer.TryComplete();
            _closed.TrySetResult();
            return Task.CompletedTask;
        };
    }

    public HubConnection Connection { get; }

    /// <summary>The connection's id, as its server knows it.</summary>
    public string Id => _id ?? throw new InvalidOperationException("It is not connected.");

    /// <summary>All that it was sent so far.</summary>
    public IReadOnlyList<string> Seen => [.. _seen];

    public Task Resync => _resync.Task.WaitAsync(Patience);

    public Task Closed => _closed.Task.WaitAsync(Patience);

    public static async Task<HubProbe> ConnectAsync(Uri hub)
    {
        var probe = new HubProbe(HubClient.Create(hub));
        await probe.Connection.StartAsync();
        probe._id = await probe.Connection.InvokeAsync<string>("Id");
        return probe;
    }

    public async Task<HubProbe> JoinAsync(string group)
    {
        await Connection.InvokeAsync("Join", group);
        return this;
    }

    public Task LeaveAsync(string group) => Connection.InvokeAsync("Leave", group);

    /// <summary>The next thing that it was sent.</summary>
    public async Task<string> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await _said.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>What it was sent until then, in order.</summary>
    public async Task<List<string>> UntilAsync(string last)
    {
        var said = new List<string>();
        do said.Add(await NextAsync());
        while (said[^1] != last);
        return said;
    }

    public async ValueTask DisposeAsync() => await Connection.DisposeAsync();

    private void See(string text)
    {
        _seen.Enqueue(text);
        _said.Writer.TryWrite(text);
    }
}
