using System.Net;
using System.Net.Sockets;
using System.Text;
using Fleet.Faults.Processes;
using Fleet.Faults.Proxy;

namespace Fleet.Faults.Tests;

/// <summary>The proxy between a process and Redis, with a server in Redis's place that tells what it heard and repeats it.</summary>
public sealed class LinkTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly EchoServer _server = new();
    private Link _link = null!;

    public Task InitializeAsync()
    {
        _link = new Link(new Ports(new Dice(BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()))).Next(), _server.Port);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        await _server.DisposeAsync();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task Pass_CarriesBothWays()
    {
        using var client = await ConnectAsync();

        Assert.Equal("hello", await AskAsync(client, "hello"));
        Assert.Equal(1, _link.Connections);
    }

    [Fact]
    public async Task Pass_CarriesMuch()
    {
        using var client = await ConnectAsync();
        var much = new string('x', 1_000_000);

        Assert.Equal(much, await AskAsync(client, much));
    }

    [Fact]
    public async Task Cut_ResetsWhatIsThereAndRefusesWhatComes()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "hello");

        _link.Set(LinkMode.Cut);

        await Assert.ThrowsAnyAsync<SocketException>(() => AskAsync(client, "again"));
        await Assert.ThrowsAnyAsync<SocketException>(ConnectAsync);
        await _server.LeftAsync();
    }

    [Fact]
    public async Task Mended_AfterACut_TakesConnectionsOnTheSamePort()
    {
        _link.Set(LinkMode.Cut);
        _link.Set(LinkMode.Pass);

        using var client = await ConnectAsync();

        Assert.Equal("hello", await AskAsync(client, "hello"));
    }

    [Fact]
    public async Task Blackhole_SwallowsEverything_OfOldAndNewConnections()
    {
        using var old = await ConnectAsync();
        await AskAsync(old, "hello");

        _link.Set(LinkMode.Blackhole);
        using var young = await ConnectAsync();
        await SendAsync(old, "into the void");
        await SendAsync(young, "into the void");

        await SilentAsync(old);
        await SilentAsync(young);
        Assert.Equal("hello", _server.Heard);
    }

    [Fact]
    public async Task Deaf_LetsTheServerHear_AndSwallowsItsAnswers()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "hello ");

        _link.Set(LinkMode.Deaf);
        await SendAsync(client, "there");

        await _server.HeardAsync("hello there");
        await SilentAsync(client);
    }

    [Theory]
    [InlineData((int)LinkMode.Blackhole)]
    [InlineData((int)LinkMode.Deaf)]
    public async Task Mended_ResetsConnectionsThatLostBytes(int mode)
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "hello");
        _link.Set((LinkMode)mode);
        await SendAsync(client, "lost");

        _link.Set(LinkMode.Pass);

        // Whatever came next would be taken for the continuation of what was swallowed.
        await Assert.ThrowsAnyAsync<SocketException>(() => ReceiveAsync(client, 1));
        using var next = await ConnectAsync();
        Assert.Equal("hello", await AskAsync(next, "hello"));
    }

    [Fact]
    public async Task ServerGone_EndsTheConnection()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "hello");

        await _server.DisposeAsync();

        try
        {
            Assert.Equal("", await ReceiveAsync(client, 1));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, _link.Port);
        return client;
    }

    private static async Task<string> AskAsync(Socket client, string text)
    {
        var sending = SendAsync(client, text);
        var answer = await ReceiveAsync(client, text.Length);
        await sending;
        return answer;
    }

    private static async Task SendAsync(Socket client, string text)
    {
        for (var rest = Encoding.ASCII.GetBytes(text).AsMemory(); rest.Length > 0;) rest = rest[await client.SendAsync(rest)..];
    }

    /// <summary>That many characters, or fewer when the other side ends in good order.</summary>
    private static async Task<string> ReceiveAsync(Socket client, int count)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var buffer = new byte[count];
        var got = 0;
        while (got < count)
        {
            var more = await client.ReceiveAsync(buffer.AsMemory(got), timeout.Token);
            if (more == 0) break;
            got += more;
        }

        return Encoding.ASCII.GetString(buffer, 0, got);
    }

    /// <summary>Nothing comes, and the connection stays. There is no signal for that, so it takes a while.</summary>
    private static async Task SilentAsync(Socket client)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.ReceiveAsync(new byte[1].AsMemory(), timeout.Token));
    }

    /// <summary>Stands for Redis: repeats what it hears.</summary>
    private sealed class EchoServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _over = new();
        private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private readonly StringBuilder _heard = new();
        private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EchoServer()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public string Heard
        {
            get
            {
                lock (_gate) return _heard.ToString();
            }
        }

        public async Task HeardAsync(string text)
        {
            while (true)
            {
                Task news;
                lock (_gate)
                {
                    if (_heard.ToString() == text) return;
                    news = _news.Task;
                }

                await news.WaitAsync(Patience);
            }
        }

        /// <summary>Returns when a client has left.</summary>
        public Task LeftAsync() => _left.Task.WaitAsync(Patience);

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            _listener.Dispose();
        }

        private async Task AcceptAsync()
        {
            while (!_over.IsCancellationRequested)
            {
                try
                {
                    _ = EchoAsync(await _listener.AcceptSocketAsync(_over.Token));
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }

        private async Task EchoAsync(Socket client)
        {
            using (client)
            {
                try
                {
                    var buffer = new byte[8192];
                    int count;
                    while ((count = await client.ReceiveAsync(buffer.AsMemory(), _over.Token)) > 0)
                    {
                        Hear(Encoding.ASCII.GetString(buffer, 0, count));
                        for (var rest = buffer.AsMemory(0, count); rest.Length > 0;) rest = rest[await client.SendAsync(rest)..];
                    }
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    // It has left, or the server ends.
                }
            }

            _left.TrySetResult();
        }

        private void Hear(string text)
        {
            lock (_gate)
            {
                _heard.Append(text);
                _news.SetResult();
                _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
