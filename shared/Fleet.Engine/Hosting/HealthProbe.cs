namespace Fleet.Engine.Hosting;

/// <summary>Asks a service that runs already whether it is well. A container's health check, whose image has nothing else that could ask.</summary>
internal static class HealthProbe
{
    /// <summary>The command line option, followed by what to ask, such as <c>http://127.0.0.1:8080/livez</c>.</summary>
    public const string Option = "--health";

    private const int Well = 0;
    private const int Unwell = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return await SayAsync($"{Option} needs an address such as http://127.0.0.1:8080/livez, not '{url}'.");
        try
        {
            using var client = new HttpClient { Timeout = Patience };
            using var answer = await client.GetAsync(address);
            return answer.IsSuccessStatusCode ? Well : await SayAsync($"{url} answers {(int)answer.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return await SayAsync($"{url} does not answer: {e.Message}");
        }
    }

    private static async Task<int> SayAsync(string problem)
    {
        await Console.Error.WriteLineAsync(problem);
        return Unwell;
    }
}
