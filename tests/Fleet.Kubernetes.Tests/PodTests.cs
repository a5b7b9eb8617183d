using Fleet.Testing;

namespace Fleet.Kubernetes.Tests;

/// <summary>The pods of the overlay `dev`, each as a process that is given the very files and variables that the pod would be.</summary>
public sealed class PodTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task Pods_StartWithWhatTheyAreGiven_AndTheirProbesAreGreen()
    {
        var overlay = await Overlay.RenderAsync("dev");
        using var scratch = new Scratch();
        var prefix = RedisServer.NewPrefix();
        var services = new Dictionary<string, RunningService>();
        try
        {
            foreach (var deployment in overlay.Deployments)
            {
                var service = (string)deployment.Container["name"]!;
                var (files, environment) = overlay.ConfigurationOf(deployment);
                var root = Path.Combine(scratch.Folder, service);
                foreach (var (file, content) in files)
                {
                    var path = Path.Combine(root, file.TrimStart('/'));
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    // The test's own Redis in place of the cluster's, and no other test's keys.
                    await File.WriteAllTextAsync(path, Path.GetFileName(file) switch
                    {
                        "Fleet__Redis" => redis.Address,
                        "Fleet__Prefix" => prefix,
                        _ => content,
                    });
                }

                services[service] = await RunningService.StartAsync(Repository.Program(service, $"Fleet.{char.ToUpperInvariant(service[0])}{service[1..]}"),
                    [("Fleet__ConfigFolder", Path.Combine(root, "etc", "fleet")), .. environment.Select(variable => (variable.Key, (string?)variable.Value))]);
                foreach (var probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
                    Assert.True(await services[service].AnswersAsync((string)deployment.Container[probe]!["httpGet"]!["path"]!), $"{service}: {probe}");
            }

            var id = Assert.Single(await services["api"].SubmitAsync(1, "text.stats", new { text = "to be or not to be" }));
            Assert.Equal("succeeded", (await services["api"].EndAsync(id)).GetProperty("state").GetString());
            // The worker has taken its own part of the configuration from the files too.
            var worker = Assert.Single((await services["api"].GetAsync("/v1/workers")).GetProperty("items").EnumerateArray());
            Assert.Equal(32, worker.GetProperty("slots").GetInt32());
            Assert.Equal(0, (await services["api"].GetAsync("/v1/queues/*/demand")).GetProperty("demand").GetInt32());
        }
        finally
        {
            foreach (var service in services.Values) await service.DisposeAsync();
        }
    }
}
