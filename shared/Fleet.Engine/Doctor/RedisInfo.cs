using System.Globalization;
using StackExchange.Redis;

namespace Fleet.Engine.Doctor;

/// <summary>What a Redis says of itself. INFO, because CONFIG is what managed services forbid.</summary>
internal sealed class RedisInfo
{
    private static readonly string[] Sections = ["server", "clients", "memory", "persistence", "stats", "replication"];

    private readonly Dictionary<string, string> _fields = [];

    private RedisInfo(string server) => Server = server;

    /// <summary>Which one, in words.</summary>
    public string Server { get; }

    public static async Task<RedisInfo> ReadAsync(IServer server)
    {
        var info = new RedisInfo($"{server.EndPoint}");
        foreach (var section in Sections)
        {
            foreach (var line in ((string?)await server.ExecuteAsync("INFO", section) ?? "").Split('\n'))
            {
                if (line.IndexOf(':', StringComparison.Ordinal) is var colon and > 0) info._fields[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        return info;
    }

    /// <summary>A field; empty where this Redis does not have it.</summary>
    public string Text(string field) => _fields.GetValueOrDefault(field, "");

    /// <summary>A number; null where this Redis does not have it.</summary>
    public long? Number(string field) => long.TryParse(Text(field), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
