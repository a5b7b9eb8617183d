using Fleet.Engine.Hosting;
using Microsoft.Extensions.Configuration;

namespace Fleet.Engine.Tests;

/// <summary>Configuration and secrets as files, as Kubernetes and Compose mount them.</summary>
public sealed class ConfigurationFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-config-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Files_in_the_folder_and_in_the_folders_in_it_are_keys()
    {
        Write("Fleet__Prefix", "shop\n");
        Write("config/Fleet__Worker__Slots", "8");
        Write("secrets/Fleet__Redis", "redis:6379,password=a=b c\n");

        using var configuration = Read();

        Assert.Equal("shop", configuration["Fleet:Prefix"]);
        Assert.Equal("8", configuration["Fleet:Worker:Slots"]);
        Assert.Equal("redis:6379,password=a=b c", configuration["Fleet:Redis"]);
    }

    [Fact]
    public void A_mount_as_Kubernetes_makes_it_is_read_once()
    {
        // The files are links through a link to the version that counts.
        var version = Directory.CreateDirectory(Path.Combine(_folder.FullName, "secrets", "..2026_11_25"));
        File.WriteAllText(Path.Combine(version.FullName, "Fleet__Redis"), "redis:6379");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "secrets", "..data"), "..2026_11_25");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "secrets", "Fleet__Redis"), "..data/Fleet__Redis");

        using var configuration = Read();

        Assert.Equal("redis:6379", configuration["Fleet:Redis"]);
        Assert.Equal("Redis", Assert.Single(configuration.GetSection("Fleet").GetChildren()).Key);
    }

    [Fact]
    public void Settings_files_come_before_and_the_environment_and_the_command_line_after()
    {
        using var configuration = new ConfigurationManager();
        Write("app/settings.json", """{"Fleet":{"Prefix":"of-settings","Lease":"of-settings"}}""");
        Write("etc/Fleet__Prefix", "of-the-folder");
        Write("etc/Fleet__Redis", "of-the-folder");
        configuration.AddJsonFile(Path.Combine(_folder.FullName, "app", "settings.json"), optional: false);
        configuration.AddCommandLine([$"--Fleet:ConfigFolder={Path.Combine(_folder.FullName, "etc")}", "--Fleet:Redis=of-the-command-line"]);

        ConfigurationFolder.Add(configuration);

        Assert.Equal("of-the-folder", configuration["Fleet:Prefix"]);
        Assert.Equal("of-settings", configuration["Fleet:Lease"]);
        Assert.Equal("of-the-command-line", configuration["Fleet:Redis"]);
    }

    [Fact]
    public void A_folder_that_was_named_must_be_there()
    {
        using var configuration = new ConfigurationManager();
        configuration["Fleet:ConfigFolder"] = "/nowhere/at/all";

        var refused = Assert.Throws<FleetException>(() => ConfigurationFolder.Add(configuration));

        Assert.Contains("Fleet:ConfigFolder is '/nowhere/at/all'", refused.Message, StringComparison.Ordinal);
    }

    private ConfigurationManager Read()
    {
        var configuration = new ConfigurationManager();
        configuration["Fleet:ConfigFolder"] = _folder.FullName;
        ConfigurationFolder.Add(configuration);
        return configuration;
    }

    private void Write(string file, string content)
    {
        var path = Path.Combine(_folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
