using System.Globalization;
using System.Reflection;
using Fleet.Faults.Faults;
using Fleet.Faults.History;
using Fleet.Faults.Jobs;
using Fleet.Faults.Proxy;

namespace Fleet.Faults.Processes;

/// <summary>Redis, three workers, two APIs and a notifier, each service with a link of its own to Redis.</summary>
internal sealed class FleetOfProcesses : IAsyncDisposable
{
    /// <summary>Short, so that many leases lapse in the time there is.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    /// <summary>How long handlers get to end when their worker is told to.</summary>
    private const string DrainTime = "00:00:01";

    /// <summary>How long a handler gets that does not listen to its token.</summary>
    private const string CancelGrace = "00:00:01";

    private readonly Guardian _guardian;
    private readonly HttpClient _http = new();
    private readonly string _prefix;
    private readonly Dictionary<string, ServiceChild> _services = [];
    private readonly Dictionary<string, Link> _links = [];

    /// <summary>Prepares everything; nothing runs yet.</summary>
    /// <param name="history">Where its files go.</param>
    /// <param name="mark">The prefix of its keys, and the mark of its processes.</param>
    /// <param name="ports">Where it listens.</param>
    /// <param name="time">The clock.</param>
    public FleetOfProcesses(HistoryFolder history, string mark, Ports ports, TimeProvider time)
    {
        _prefix = mark;
        _guardian = new Guardian(history.Path, mark);
        Redis = new RedisChild(ports.Next(), Directory.CreateDirectory(Path.Combine(history.Path, "redis")).FullName, _guardian, history, time);
        foreach (var name in FaultPlan.Apis) Add(name, url => Service("api", "Fleet.Api", url, []));
        foreach (var name in FaultPlan.Workers)
        {
            Add(name, url => life => ["dotnet", Program, WorkerProgram.Command, history.EffectsOf($"{name}.{life}"), .. Settings(name, url),
                string.Create(CultureInfo.InvariantCulture, $"--Fleet:Worker:Name={name}.{life}"),
                "--Fleet:Worker:Slots=16", $"--Fleet:Worker:DrainTimeout={DrainTime}", $"--Fleet:Worker:CancelGrace={CancelGrace}"]);
        }

        Add(FaultPlan.Notifier, url => Service("notifier", "Fleet.Notifier", url, ["--Fleet:Notifier:Heartbeat=00:00:02", "--Fleet:Notifier:ReconnectDelay=00:00:00.5"]));

        Func<int, IReadOnlyList<string>> Service(string folder, string assembly, (string Name, Uri Url) at, string[] more)
        {
            var output = Path.Combine(Repository, "services", folder, "bin", Metadata("Configuration"), "net10.0");
            return _ => ["dotnet", Path.Combine(output, assembly + ".dll"), $"--contentRoot={output}", .. Settings(at.Name, at), .. more];
        }

        IEnumerable<string> Settings(string name, (string Name, Uri Url) at) =>
        [
            $"--urls={at.Url}", $"--Fleet:Redis=127.0.0.1:{_links[name].Port}", $"--Fleet:Prefix={_prefix}", $"--Fleet:Lease={Lease:c}",
        ];

        void Add(string name, Func<(string Name, Uri Url), Func<int, IReadOnlyList<string>>> command)
        {
            _links[name] = new Link(ports.Next(), Redis.Port);
            var url = new Uri($"http://127.0.0.1:{ports.Next()}/");
            _services[name] = new ServiceChild(name, url, command((name, url)), _guardian, history, _http, time);
        }
    }

    /// <summary>The repository that this program was built from.</summary>
    public static string Repository { get; } = Metadata("Repository");

    /// <summary>Redis itself.</summary>
    public RedisChild Redis { get; }

    /// <summary>The prefix of all keys.</summary>
    public string Prefix => _prefix;

    /// <summary>Where the APIs are, by name.</summary>
    public IReadOnlyList<(string Name, Uri Url)> Apis => [.. FaultPlan.Apis.Select(name => (name, _services[name].Url))];

    /// <summary>Where the notifier is.</summary>
    public Uri Notifier => _services[FaultPlan.Notifier].Url;

    private static string Program => typeof(FleetOfProcesses).Assembly.Location;

    /// <summary>The process of this name.</summary>
    public Child Process(string name) => name == FaultPlan.Redis ? Redis : _services[name];

    /// <summary>The link of a service to Redis.</summary>
    public Link LinkOf(string name) => _links[name];

    /// <summary>Starts everything and waits until all of it works.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Redis.Start();
        await Redis.ReadyAsync(cancellation);
        foreach (var service in _services.Values) service.Start();
        await Task.WhenAll(_services.Values.Select(service => service.ReadyAsync(cancellation)));
    }

    /// <summary>The services that do not say of themselves that they are ready.</summary>
    public async Task<IReadOnlyList<string>> NotReadyAsync(CancellationToken cancellation)
    {
        var ready = await Task.WhenAll(_services.Values.Select(service => service.IsReadyAsync(cancellation)));
        return [.. _services.Keys.Where((_, index) => !ready[index])];
    }

    /// <summary>Asks all services to end.</summary>
    public Task StopServicesAsync() => Task.WhenAll(_services.Values.Select(service => service.StopAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.Values) await service.DisposeAsync();
        await Redis.DisposeAsync();
        foreach (var link in _links.Values) await link.DisposeAsync();
        await _guardian.DisposeAsync();
        _http.Dispose();
    }

    private static string Metadata(string key) => typeof(FleetOfProcesses).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
