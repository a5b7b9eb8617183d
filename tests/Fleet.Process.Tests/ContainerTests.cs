using System.Text.RegularExpressions;
using System.Xml.Linq;
using Fleet.Testing;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Fleet.Process.Tests;

/// <summary>What can be held true of the images and of docker-compose.yml without a container engine.</summary>
public sealed partial class ContainerTests(RedisServer redis) : IClassFixture<RedisServer>
{
    public static TheoryData<string> Services => ["api", "worker", "notifier"];

    [Fact]
    public void Compose_StartsARedisThatKeepsItsDataAndEveryServiceOnIt()
    {
        var compose = Compose();
        var services = Map(compose["services"]);

        Assert.Equal(["api", "notifier", "redis", "worker"], services.Keys.Order());
        foreach (var (name, value) in services)
        {
            var service = Map(value);
            Assert.Equal("unless-stopped", service["restart"]);
            Assert.NotEmpty(List(Map(service["healthcheck"])["test"]));
            if (name == "redis") continue;
            Assert.Equal("redis:6379", Map(service["environment"])["Fleet__Redis"]);
            Assert.Equal("service_healthy", Map(Map(service["depends_on"])["redis"])["condition"]);
            Assert.True(File.Exists(Repository.PathOf((string)Map(service["build"])["dockerfile"])));
        }

        Assert.Equal("2", Map(Map(services["worker"])["deploy"])["replicas"]);
        var redisService = Map(services["redis"]);
        Assert.Contains("--appendonly yes", string.Join(' ', List(redisService["command"])), StringComparison.Ordinal);
        Assert.Equal("redis-data:/data", Assert.Single(List(redisService["volumes"])));
        Assert.True(Map(compose["volumes"]).ContainsKey("redis-data"));
    }

    [Fact]
    public void Compose_PortsOnTheHost_AreEachGivenOnce()
    {
        var ports = Map(Compose()["services"]).Values.Select(Map)
            .Where(service => service.ContainsKey("ports"))
            .SelectMany(service => List(service["ports"])).Select(port => port.Split(':')[0]).ToList();

        Assert.Equal(ports.Distinct(), ports);
        Assert.Contains("8080", ports);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Dockerfile_NamesOnlyWhatIsThere_AndRunsAsNobodySpecial(string service)
    {
        var lines = Dockerfile(service);

        Assert.All(Sources(lines), source =>
        {
            var path = Repository.PathOf(source.TrimEnd('/'));
            Assert.True(File.Exists(path) || Directory.Exists(path), $"{source} is not in the repository");
        });
        Assert.Contains(lines, line => line.StartsWith("USER $APP_UID", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal) && line.Contains("--health", StringComparison.Ordinal));
        // The health check and the entry point name the program that the publish makes.
        var assembly = Project().Match(Publish(lines)).Groups["name"].Value;
        Assert.True(File.Exists(Repository.Program(service, assembly)));
        Assert.Equal(2, lines.Count(line => line.Contains($"\"{assembly}.dll\"", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Dockerfile_CopiesEveryProjectThatItsOwnNeeds(string service)
    {
        var lines = Dockerfile(service);
        var copied = Sources(lines).Select(source => Repository.PathOf(source.TrimEnd('/'))).ToList();

        Assert.All(Needed(Repository.PathOf(Project().Match(Publish(lines)).Groups["path"].Value)), project =>
            Assert.Contains(copied, path => project.StartsWith(path + Path.DirectorySeparatorChar, StringComparison.Ordinal)));
    }

    /// <summary>Does what the build stage does: copies what it copies, into an empty folder, and runs what it runs.</summary>
    [Fact]
    public async Task Dockerfile_Built_IsAProgramThatRuns()
    {
        using var scratch = new Scratch();
        var lines = Dockerfile("worker");
        foreach (var source in Sources(lines)) Copy(Repository.PathOf(source.TrimEnd('/')), Path.Combine(scratch.Folder, source.TrimEnd('/')));
        var app = Path.Combine(scratch.Folder, "app");
        var command = Publish(lines).Replace(" /app ", $" {app} ", StringComparison.Ordinal);

        await using var build = StartedProcess.Start("sh", ["-c", command], scratch.Folder);
        Assert.True(await build.ExitAsync(TimeSpan.FromMinutes(8)) == 0, build.Told);

        var url = $"http://127.0.0.1:{RedisServer.FreePort()}";
        await using var service = StartedProcess.Start("dotnet", ["Fleet.Worker.dll"], app,
            ("ASPNETCORE_URLS", url), ("Fleet__Redis", redis.Address), ("Fleet__Prefix", RedisServer.NewPrefix()));
        await Until.TrueAsync(
            async () =>
            {
                await using var health = StartedProcess.Start("dotnet", ["Fleet.Worker.dll", "--health", $"{url}/livez"], app);
                return await health.ExitAsync() == 0;
            }, "the program answers its own health check", TimeSpan.FromSeconds(30));
        await service.SignalAsync("TERM");
        Assert.Equal(0, await service.ExitAsync());
    }

    private static Dictionary<object, object> Compose() =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(
            new MergingParser(new Parser(new StringReader(File.ReadAllText(Repository.PathOf("docker-compose.yml"))))));

    private static Dictionary<string, object> Map(object value) =>
        ((Dictionary<object, object>)value).ToDictionary(pair => (string)pair.Key, pair => pair.Value);

    private static List<string> List(object value) => [.. ((List<object>)value).Cast<string>()];

    /// <summary>A Dockerfile's instructions, each on one line.</summary>
    private static List<string> Dockerfile(string service) =>
        [.. File.ReadAllText(Repository.PathOf("services", service, "Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Where(line => line.Length > 0 && !line.StartsWith('#'))];

    private static List<string> Sources(IEnumerable<string> lines) =>
        [.. lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1])];

    private static string Publish(IEnumerable<string> lines) =>
        lines.Single(line => line.StartsWith("RUN dotnet publish ", StringComparison.Ordinal))["RUN ".Length..];

    /// <summary>A project and all that it references.</summary>
    private static IEnumerable<string> Needed(string project)
    {
        yield return project;
        foreach (var reference in XDocument.Load(project).Descendants("ProjectReference").Select(element => element.Attribute("Include")!.Value))
        {
            foreach (var needed in Needed(Path.GetFullPath(reference, Path.GetDirectoryName(project)!))) yield return needed;
        }
    }

    // As .dockerignore has it: without what builds made.
    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Copy(from, to);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var entry in Directory.EnumerateFileSystemEntries(from).Where(entry => Path.GetFileName(entry) is not ("bin" or "obj" or "node_modules")))
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
    }

    [GeneratedRegex(@"dotnet publish (?<path>\S*?(?<name>[A-Za-z.]+)\.csproj)")]
    private static partial Regex Project();
}
