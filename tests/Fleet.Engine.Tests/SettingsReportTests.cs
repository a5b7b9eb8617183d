using Fleet.Engine.Hosting;
using Microsoft.Extensions.Configuration;

namespace Fleet.Engine.Tests;

/// <summary>What a process says of its own configuration.</summary>
public sealed class SettingsReportTests
{
    [Fact]
    public void Every_option_has_its_value_its_source_and_its_meaning()
    {
        var folder = Directory.CreateTempSubdirectory("fleet-settings-");
        File.WriteAllText(Path.Combine(folder.FullName, "Fleet__Prefix"), "shop");
        Environment.SetEnvironmentVariable("FLEETTEST_Fleet__Lease", "00:00:20");
        try
        {
            using var configuration = new ConfigurationManager();
            configuration.AddKeyPerFile(folder.FullName);
            configuration.AddEnvironmentVariables("FLEETTEST_");
            configuration.AddCommandLine(["--Fleet:Retention:Succeeded=01:00:00"]);

            var settings = new SettingsReport(configuration, [new FleetSection(FleetOptions.Section, typeof(FleetOptions))]).Read().ToDictionary(setting => setting.Key);

            Assert.Equal(("shop", "fleet", "configuration folder"), Of("Fleet:Prefix"));
            Assert.Equal(("00:00:20", "00:00:15", "environment"), Of("Fleet:Lease"));
            Assert.Equal(("01:00:00", "7.00:00:00", "command line"), Of("Fleet:Retention:Succeeded"));
            Assert.Equal(("1", "1", "default"), Of("Fleet:Partitions"));
            Assert.Equal("How long a worker may go unheard of before its runs go back into their queues.", settings["Fleet:Lease"].Meaning);
            Assert.All(settings.Values, setting => Assert.NotEmpty(setting.Meaning));

            (string?, string?, string) Of(string key) => (settings[key].Value, settings[key].Default, settings[key].Source);
        }
        finally
        {
            Environment.SetEnvironmentVariable("FLEETTEST_Fleet__Lease", null);
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("redis:6379,password=p=w d,ssl=true", "redis:6379,password=…,ssl=true")]
    [InlineData("redis:6379,user=anna,password=x", "redis:6379,user=…,password=…")]
    [InlineData("redis:6379,Password = x", "redis:6379,Password =…")]
    [InlineData("redis:6379", "redis:6379")]
    public void Passwords_are_told_to_nobody(string redis, string shown)
    {
        using var configuration = new ConfigurationManager();
        configuration.AddCommandLine([$"--Fleet:Redis={redis}"]);

        var settings = new SettingsReport(configuration, [new FleetSection(FleetOptions.Section, typeof(FleetOptions))]).Read();

        Assert.Equal(shown, settings.Single(setting => setting.Key == "Fleet:Redis").Value);
    }
}
