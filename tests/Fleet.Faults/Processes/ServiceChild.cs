using Fleet.Faults.History;

namespace Fleet.Faults.Processes;

/// <summary>An API, a worker or a notifier.</summary>
/// <param name="name">What it is called.</param>
/// <param name="url">Where it listens.</param>
/// <param name="command">The command of its nth life.</param>
/// <param name="guardian">Starts it.</param>
/// <param name="history">Takes down its ends.</param>
/// <param name="http">Asks it whether it is ready.</param>
/// <param name="time">The clock.</param>
internal sealed class ServiceChild(
    string name, Uri url, Func<int, IReadOnlyList<string>> command, Guardian guardian, HistoryFolder history, HttpClient http, TimeProvider time)
    : Child(name, guardian, history, time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = time;

    /// <summary>Where it listens.</summary>
    public Uri Url => url;

    /// <summary>Whether it says that it is ready.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            using var answer = await http.GetAsync(new Uri(url, "/readyz"), either.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    protected override IReadOnlyList<string> Command() => command(Life);

    protected override Task<bool> AnswersAsync(CancellationToken cancellation) => IsReadyAsync(cancellation);
}
