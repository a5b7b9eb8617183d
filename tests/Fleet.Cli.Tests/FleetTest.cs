using System.Text.Json;
using Fleet.Client;
using Fleet.RealFleet;

namespace Fleet.Cli.Tests;

/// <summary>A test that runs the command line against a running fleet.</summary>
[Collection(FleetCollection.Name)]
public abstract class FleetTest(RunningFleet fleet) : IDisposable
{
    private readonly FleetClient _client = new(fleet.Address);

    private protected RunningFleet Fleet { get; } = fleet;

    private protected (string, string) Url => ("FLEET_URL", Fleet.Address.ToString());

    /// <summary>Runs the command line over pipes.</summary>
    private protected Task<CliResult> RunAsync(params string[] args) => CliProcess.RunAsync(args, variables: Url);

    private protected async Task<RunId> SubmitAsync(Script script, params string[] tags) => (await _client.SubmitAsync(
        new NewRun { Job = ScriptedJob.Name, Input = JsonSerializer.SerializeToElement(script, FleetJson.Options), Tags = tags })).Run.Id;

    /// <summary>Submits a run and waits for its end.</summary>
    private protected async Task<RunId> FinishedAsync(Script script, params string[] tags)
    {
        var id = await SubmitAsync(script, tags);
        await EndOfAsync(id);
        return id;
    }

    private protected Task<Run> EndOfAsync(RunId id) => _client.WaitAsync(id).WaitAsync(TimeSpan.FromSeconds(60));

    private protected Task<Run> GetAsync(RunId id) => _client.GetRunAsync(id);

    private protected static string NewName() => $"n{Guid.NewGuid():N}"[..12];

    private protected static string Json(Script script) => JsonSerializer.Serialize(script, FleetJson.Options);

    public void Dispose()
    {
        _client.Dispose();
        GC.SuppressFinalize(this);
    }
}
