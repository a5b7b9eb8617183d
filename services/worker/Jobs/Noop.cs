using System.Text.Json;
using Fleet.Workers;

namespace Fleet.Worker.Jobs;

/// <summary>Accepts any input and does nothing: for trying out, and for measuring everything around a job.</summary>
internal sealed class Noop : IJob<JsonElement, Nothing>
{
    public const string Name = "noop";
    public const string Description = "Accepts any input and does nothing.";

    private static readonly Task<Nothing> Done = Task.FromResult(Nothing.Instance);

    public Task<Nothing> RunAsync(JsonElement input, JobContext context, CancellationToken cancellation) => Done;
}
