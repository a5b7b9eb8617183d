using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Fleet.Standalone.Redis;

/// <summary>Where the embedded Redis listens and the password it asks for; its configuration file holds both, and everything else it is told.</summary>
internal sealed record RedisSettings(int Port, string Password)
{
    /// <summary>A port that nobody listens on at the moment, and a new password.</summary>
    public static RedisSettings New()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new RedisSettings(((IPEndPoint)listener.LocalEndpoint).Port, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    }

    /// <summary>The settings in a configuration file; null when there is none, or none that can be understood.</summary>
    public static RedisSettings? Read(string file)
    {
        if (!File.Exists(file)) return null;
        var values = File.ReadLines(file)
            .Select(line => line.Split(' ', 2))
            .Where(parts => parts.Length == 2)
            .ToLookup(parts => parts[0], parts => parts[1]);
        return int.TryParse(values["port"].FirstOrDefault(), NumberStyles.None, null, out var port) && values["requirepass"].FirstOrDefault() is { } password
            ? new RedisSettings(port, password)
            : null;
    }

    /// <summary>Writes the configuration file of a Redis with its data in this directory. Only its owner may read it.</summary>
    public void Write(string file, string directory)
    {
        File.Delete(file);
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using var writer = new StreamWriter(stream);
        writer.Write($"""
            # Written anew by every start of Fleet. To look inside: redis-cli -p {Port} -a {Password}
            port {Port}
            requirepass {Password}
            bind 127.0.0.1
            protected-mode yes
            daemonize no
            dir {Quote(directory)}
            logfile {Quote(Path.Combine(directory, "redis.log"))}
            pidfile {Quote(Path.Combine(directory, "redis.pid"))}

            # Every change is in the append-only file, and within a second on the disk. It is written anew when it has doubled, but
            # not below 512 MB: a busy fleet adds a kilobyte a run, and with Redis's own 64 MB would spend a fifth of its time on that.
            save ""
            appendonly yes
            appendfsync everysec
            auto-aof-rewrite-min-size 512mb

            # A full Redis refuses new runs, which is better than losing old ones.
            maxmemory-policy noeviction

            # A run's record is a small hash. With values from 65 to 512 bytes it takes half the memory as a listpack.
            hash-max-listpack-entries 256
            hash-max-listpack-value 512

            """);
    }

    private static string Quote(string path) => $"\"{path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
