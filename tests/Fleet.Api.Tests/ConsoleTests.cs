using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Fleet.Api.Console;
using Fleet.Testing;

namespace Fleet.Api.Tests;

/// <summary>How the console's files are served, and that nothing else changes for them.</summary>
[Collection(SharedRedis.Name)]
public sealed partial class ConsoleTests(RedisServer redis) : IAsyncLifetime
{
    private const string Page = "<!doctype html><meta name=\"fleet-notifier\" content=\"\" /><script type=\"module\" src=\"/assets/index-1a2b.js\"></script>";
    private const string Script = "console.log('this is the console')";

    private readonly string _folder = Directory.CreateTempSubdirectory("fleet-console-").FullName;
    private ApiHost _api = null!;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "assets"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "index.html"), Page);
        await File.WriteAllTextAsync(Path.Combine(_folder, "favicon.svg"), "<svg/>");
        var script = Path.Combine(_folder, "assets", "index-1a2b.js");
        await File.WriteAllTextAsync(script, Script);
        await using (var brotli = new BrotliStream(File.Create(script + ".br"), CompressionLevel.Fastest)) await brotli.WriteAsync(Encoding.UTF8.GetBytes(Script));
        await using (var gzip = new GZipStream(File.Create(script + ".gz"), CompressionLevel.Fastest)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(Script));
        _api = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/runs?state=failed")]
    [InlineData("/runs/01K00000000000000000000000")]
    [InlineData("/schedules/nightly")]
    [InlineData("/jobs/text.stats")]
    public async Task Page_AtEachOfItsAddresses_IsServedAndAskedForAgain(string address)
    {
        var reply = await _api.GetAsync(address);

        Assert.Equal((200, "text/html", Page), (reply.Status, reply.MediaType, reply.Content));
        Assert.Equal("no-cache", reply.Headers["Cache-Control"]);
        Assert.NotEmpty(reply.Headers["ETag"]);
    }

    [Fact]
    public async Task Page_Known_IsNotSentAgain()
    {
        var tag = (await _api.GetAsync("/")).Headers["ETag"];

        var reply = await _api.SendAsync(HttpMethod.Get, "/", headers: ("If-None-Match", tag));

        Assert.Equal((304, ""), (reply.Status, reply.Content));
    }

    [Fact]
    public async Task Page_LetsNothingInThatDidNotComeWithIt()
    {
        var headers = (await _api.GetAsync("/")).Headers;

        var policy = headers["Content-Security-Policy"];
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", headers["X-Content-Type-Options"]);
        Assert.Equal("no-referrer", headers["Referrer-Policy"]);
    }

    [Fact]
    public async Task Page_NotifierElsewhere_KnowsWhereAndMayConnectThere()
    {
        await using var api = await StartAsync(("Fleet:Api:Notifier", "https://live.example.com/"));

        var reply = await api.GetAsync("/");

        Assert.Contains("<meta name=\"fleet-notifier\" content=\"https://live.example.com\"", reply.Content, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self' https://live.example.com wss://live.example.com;", reply.Headers["Content-Security-Policy"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Asset_Asked_ComesAsTheBuildCompressedItAndIsKeptForEver(string coding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/index-1a2b.js");
        request.Headers.Add("Accept-Encoding", $"{coding}, identity;q=0.5");
        using var response = await _api.Client.SendAsync(request);

        Assert.Equal([coding], response.Content.Headers.ContentEncoding);
        Assert.Equal("text/javascript", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", response.Headers.GetValues("Cache-Control")));
        Assert.Equal(["Accept-Encoding"], response.Headers.Vary);
        await using var body = await response.Content.ReadAsStreamAsync();
        await using Stream plain = coding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        Assert.Equal(Script, await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Asset_CodingRefused_ComesPlain()
    {
        var reply = await _api.SendAsync(HttpMethod.Get, "/assets/index-1a2b.js", headers: ("Accept-Encoding", "br;q=0"));

        Assert.Equal(Script, reply.Content);
        Assert.False(reply.Headers.ContainsKey("Content-Encoding"));
    }

    [Theory]
    [InlineData("/assets/index-0000.js")]
    [InlineData("/assets/..%2Findex.html")]
    [InlineData("/favicon-running.svg")]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/runs/x/nothing")]
    [InlineData("/hubs/nothing")]
    [InlineData("/livez/nothing")]
    [InlineData("/nothing")]
    [InlineData("/runs/1/2")]
    public async Task Anything_Else_HasTheProblemItAlwaysHad(string address) =>
        (await _api.GetAsync(address)).ExpectProblem(404, "not-found");

    [Fact]
    public async Task Page_NotBuilt_SaysHowToBuildIt()
    {
        await using var api = await ApiHost.StartAsync(redis, ("Fleet:Api:Console", Path.Combine(_folder, "nowhere")));

        var reply = await api.GetAsync("/");

        Assert.Equal((404, "text/plain"), (reply.Status, reply.MediaType));
        Assert.Contains("npm run build", reply.Content, StringComparison.Ordinal);
        (await api.GetAsync("/v1/jobs")).Expect(200);
    }

    [Fact]
    public void Pages_AreThoseOfTheConsole()
    {
        var routes = File.ReadAllText(Path.Combine(Root(), "clients", "console", "src", "view", "routes.ts"));

        Assert.Equal(ConsoleEndpoints.Pages.Order(StringComparer.Ordinal), Route().Matches(routes).Select(route => route.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^  \w+: '(/[^']*)',$", RegexOptions.Multiline)]
    private static partial Regex Route();

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fleet.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private Task<ApiHost> StartAsync(params (string Key, string Value)[] settings) =>
        ApiHost.StartAsync(redis, [("Fleet:Api:Console", _folder), .. settings]);
}
