using System.Text.RegularExpressions;
using System.Xml.Linq;
using Fleet.Testing;

namespace Fleet.Kubernetes.Tests;

/// <summary>What can be held true of the images without a container engine: all but what the base images have in them.</summary>
public sealed partial class DockerfileTests(RedisServer redis) : IClassFixture<RedisServer>
{
    public static TheoryData<string> Names => [.. Services.Names];

    [Theory, MemberData(nameof(Names))]
    public void Sources_AreThere_AndIgnoredByNobody(string service)
    {
        var ignored = File.ReadAllLines(Repository.PathOf(".dockerignore")).Where(line => line.Length > 0 && !line.StartsWith('#')).ToList();
        foreach (var path in Copies(Dockerfile.Of(service)).SelectMany(copy => Dockerfile.Copied(copy).From))
        {
            Assert.True(File.Exists(path) || Directory.Exists(path), $"{path} is not in the repository");
            Assert.DoesNotContain(Path.GetRelativePath(Repository.Root, path).Split('/')[0], ignored);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Packages_AreRestoredBeforeTheSourcesCome_OfEveryProjectThatIsNeeded(string service)
    {
        var build = Dockerfile.Of(service).Build.ToList();
        var restore = build.FindIndex(line => line.Contains("dotnet restore", StringComparison.Ordinal));
        var before = build[..restore].Where(line => line.StartsWith("COPY ", StringComparison.Ordinal)).SelectMany(copy => Dockerfile.Copied(copy).From).ToList();

        Assert.DoesNotContain(before, Directory.Exists);
        Assert.All(Needed(ProjectOf(service)), project =>
        {
            Assert.Contains(project, before);
            Assert.Contains(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json"), before);
        });
        Assert.Contains("--locked-mode", build[restore], StringComparison.Ordinal);
        Assert.Contains("--no-restore", Assert.Single(build, line => line.Contains("dotnet publish", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_AreShared_AsTheBeginningsAreTheSame()
    {
        var builds = Services.Names.Select(service => Dockerfile.Of(service).Build).ToList();

        // All but the last two, which copy and publish the service itself.
        Assert.All(builds, build => Assert.Equal(builds[0].SkipLast(2), build.SkipLast(2)));
        Assert.Equal(3, builds.Select(build => build[^1]).Distinct().Count());
    }

    [Theory, MemberData(nameof(Names))]
    public void Images_AreSmallLabelledAndRunAsNobodySpecial(string service)
    {
        var version = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;
        var images = Dockerfile.Of(service).Images;
        var assembly = Path.GetFileNameWithoutExtension(ProjectOf(service));

        // The last one is what is built unless another is asked for.
        Assert.Contains("-chiseled", images[^1][0], StringComparison.Ordinal);
        // Schedules are reckoned with time zones wherever there is a sweep.
        Assert.Equal(service != "notifier", images[^1][0].Contains("-chiseled-extra", StringComparison.Ordinal));
        Assert.All(images, image =>
        {
            Assert.StartsWith("FROM mcr.microsoft.com/dotnet/aspnet:10.0", image[0], StringComparison.Ordinal);
            Assert.Contains("USER $APP_UID", image);
            Assert.Contains("COPY --from=build /app ./", image);
            Assert.Contains($"ENTRYPOINT [\"dotnet\", \"{assembly}.dll\"]", image);
            var labels = Assert.Single(image, line => line.StartsWith("LABEL ", StringComparison.Ordinal));
            Assert.All(["title", "description", "licenses"], label => Assert.Contains($"org.opencontainers.image.{label}=", labels, StringComparison.Ordinal));
            Assert.Contains($"org.opencontainers.image.version=\"{version}\"", labels, StringComparison.Ordinal);
            // The image has no shell, so the program asks itself.
            var health = Health().Match(Assert.Single(image, line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal)));
            Assert.Equal($"{assembly}.dll", health.Groups["program"].Value);
            Assert.Contains(health.Groups["path"].Value, Services.Routes(service));
            Assert.Contains($"EXPOSE {health.Groups["port"].Value}", image);
            Assert.Contains(image, line => line.StartsWith("ENV ", StringComparison.Ordinal) && line.Contains($"ASPNETCORE_HTTP_PORTS={health.Groups["port"].Value}", StringComparison.Ordinal));
        });
    }

    /// <summary>Does what the build stages do, the shared layers once, and asks each program for its health as its image does.</summary>
    [Fact]
    public async Task Built_EachIsAProgramThatAnswersItsOwnHealthCheck()
    {
        using var scratch = new Scratch();
        await Dockerfile.DoAsync(Dockerfile.Of(Services.Names[0]).Build.SkipLast(2), scratch.Folder);
        foreach (var service in Services.Names)
        {
            await Dockerfile.DoAsync(Dockerfile.Of(service).Build.TakeLast(2), scratch.Folder);
            var app = Path.Combine(scratch.Folder, "app");
            var program = Path.Combine(app, Path.GetFileNameWithoutExtension(ProjectOf(service)) + ".dll");

            await using var running = await RunningService.StartAsync(program, ("Fleet__Redis", redis.Address), ("Fleet__Prefix", RedisServer.NewPrefix()));
            await using var health = StartedProcess.Start("dotnet", [program, "--health", $"{running.Http.BaseAddress}livez"]);
            Assert.True(await health.ExitAsync() == 0, health.Told);
            await running.StopAsync();
            Directory.Delete(app, recursive: true);
        }
    }

    /// <summary>The API's image brings the console where the API looks for it: beside the program.</summary>
    [Fact]
    public async Task Console_Built_IsWhatTheImageOfTheApiCopies()
    {
        var dockerfile = Dockerfile.Of("api");
        Assert.Contains("COPY --from=console /src/clients/console/dist ./console", dockerfile.Images[^1]);
        using var scratch = new Scratch();

        await Dockerfile.DoAsync(dockerfile.Console, scratch.Folder);

        var dist = Path.Combine(scratch.Folder, "src", "clients", "console", "dist");
        Assert.True(File.Exists(Path.Combine(dist, "index.html")));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(dist, "assets"), "*.js.br"));
    }

    private static IEnumerable<string> Copies(Dockerfile dockerfile) => dockerfile.Build.Concat(dockerfile.Console).Where(line => line.StartsWith("COPY ", StringComparison.Ordinal));

    private static string ProjectOf(string service) => Assert.Single(Directory.GetFiles(Repository.PathOf("services", service), "*.csproj"));

    /// <summary>A project and all that it references.</summary>
    private static IEnumerable<string> Needed(string project)
    {
        yield return project;
        foreach (var reference in XDocument.Load(project).Descendants("ProjectReference").Select(element => element.Attribute("Include")!.Value))
        {
            foreach (var needed in Needed(Path.GetFullPath(reference, Path.GetDirectoryName(project)!))) yield return needed;
        }
    }

    [GeneratedRegex(@"CMD \[""dotnet"", ""(?<program>[^""]+)"", ""--health"", ""http://127\.0\.0\.1:(?<port>\d+)(?<path>/\w+)""\]")]
    private static partial Regex Health();
}
