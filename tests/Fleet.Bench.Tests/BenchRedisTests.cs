using Fleet.Bench.Processes;

namespace Fleet.Bench.Tests;

public sealed class BenchRedisTests
{
    [Fact]
    public void Is_set_as_that_of_the_deployments()
    {
        string[] compose =
        [
            .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "docker-compose.yml"))
                .SkipWhile(line => line.Trim() != "- redis-server").Skip(1)
                .TakeWhile(line => line.Trim() != "volumes:")
                .Select(line => line.Trim())
                .Where(line => line.StartsWith('-') && !line.EndsWith("auth.conf", StringComparison.Ordinal))
                .Select(line => line[2..].Trim('"')),
        ];
        var present = Array.IndexOf(compose, "--appendonly");
        Assert.Equal([.. compose[..present], .. compose[(present + 2)..]], BenchRedis.Settings);
    }
}
