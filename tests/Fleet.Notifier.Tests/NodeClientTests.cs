using System.Diagnostics;
using System.Runtime.CompilerServices;
using Fleet.Testing;

namespace Fleet.Notifier.Tests;

/// <summary>Microsoft's client for browsers, in Node.js: tests/node.</summary>
public sealed class NodeClientTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task TheClientOfBrowsers_WatchesOverEveryTransport()
    {
        var folder = Folder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules"))) await RunAsync("npm", ["ci", "--no-audit", "--no-fund"], folder);

        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        var tests = RunAsync("node", ["--test", "--test-reporter=tap"], folder, ("FLEET_URL", app.Url.ToString()), ("FLEET_RUN", id.ToString()));
        await Task.WhenAny(tests, Eventually.IsTrueAsync(() => app.RunWatches == 6));

        var run = await app.Driver.StartOneAsync();
        for (var line = 1; line <= 50; line++) await app.Driver.LogAsync(run, line, 1);
        await app.Driver.FinishAsync([run]);
        await tests;
        await Eventually.IsTrueAsync(() => app.Watches == 0);
    }

    private static async Task RunAsync(string program, string[] arguments, string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        // A machine without it fails this test: the promise to browsers would be unproven.
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Longest);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} failed:\n{await output}\n{await errors}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "node");
}
