namespace Fleet.SignalR.Redis;

/// <summary>The channels of one hub. No channel is named anywhere else.</summary>
internal sealed class ChannelNames(string prefix, string hub)
{
    private readonly string _hub = $"{prefix}:{hub}";

    /// <summary>What everybody gets.</summary>
    public string All => $"{_hub}:all";

    /// <summary>What all servers of the hub get.</summary>
    public string Servers => $"{_hub}:servers";

    /// <summary>What the members of a group get.</summary>
    public string Group(string name) => $"{_hub}:group:{name}";

    /// <summary>What the connections of a user get.</summary>
    public string User(string id) => $"{_hub}:user:{id}";

    /// <summary>What one server gets.</summary>
    public string Server(string id) => $"{_hub}:server:{id}";
}
