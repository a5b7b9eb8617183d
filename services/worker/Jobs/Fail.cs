using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Fleet.Workers;

namespace Fleet.Worker.Jobs;

/// <summary>Fails: for trying out retries, alerts and what callers do about failed runs.</summary>
internal sealed class Fail : IJob<FailInput, FailOutput>
{
    public const string Name = "fail";
    public const string Description = "Fails its first attempts with a message, then succeeds; without `times` it fails every time.";

    public Task<FailOutput> RunAsync(FailInput input, JobContext context, CancellationToken cancellation) =>
        context.Attempt <= (input.Times ?? int.MaxValue)
            ? throw new JobException(input.Message)
            : Task.FromResult(new FailOutput(context.Attempt));
}

/// <summary>What <see cref="Fail"/> gets.</summary>
internal sealed record FailInput(
    [Description("What it fails with.")] string Message,
    [Description("How many attempts fail; absent for all of them.")] [Range(0, 100)] int? Times = null);

/// <summary>What <see cref="Fail"/> returns.</summary>
/// <param name="Attempt">The attempt that succeeded.</param>
internal sealed record FailOutput(int Attempt);
