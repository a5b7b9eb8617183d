namespace Fleet.SignalR.Tests;

/// <summary>One server of the <see cref="ProbeHub"/>: says where its hub is, and ends with its standard input.</summary>
internal static class Program
{
    public static async Task Main(string[] arguments)
    {
        if (arguments is not [var redis, var prefix])
        {
            await Console.Error.WriteLineAsync("Usage: Fleet.SignalR.Tests <redis host:port> <channel prefix>. The tests themselves are run by 'dotnet test'.");
            Environment.ExitCode = 2;
            return;
        }

        await using var server = await HubServer.StartAsync(redis, prefix);
        await Console.Out.WriteLineAsync(server.Url.ToString());
        await Console.In.ReadToEndAsync();
    }
}
