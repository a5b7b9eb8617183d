using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Fleet.Workers;

namespace Fleet.Worker.Jobs;

/// <summary>Sleeps, and tells how far it is.</summary>
internal sealed class Sleep(TimeProvider time) : IJob<SleepInput, SleepOutput>
{
    public const string Name = "sleep";
    public const string Description = "Sleeps for a number of seconds and reports its progress in even steps.";

    public async Task<SleepOutput> RunAsync(SleepInput input, JobContext context, CancellationToken cancellation)
    {
        if (input.Seconds is < 0 or > SleepInput.MostSeconds)
            throw JobException.Permanent($"seconds is {input.Seconds}, but must be from 0 to {SleepInput.MostSeconds}.");
        if (input.Steps is < 1 or > SleepInput.MostSteps)
            throw JobException.Permanent($"steps is {input.Steps}, but must be from 1 to {SleepInput.MostSteps}.");

        var started = time.GetTimestamp();
        for (var step = 1; step <= input.Steps; step++)
        {
            // Each step is measured from the start, so that late wake-ups do not add up.
            var left = TimeSpan.FromSeconds(input.Seconds * step / input.Steps) - time.GetElapsedTime(started);
            if (left > TimeSpan.Zero) await Task.Delay(left, time, cancellation);
            await context.ReportProgressAsync((double)step / input.Steps, $"step {step} of {input.Steps}");
        }

        return new SleepOutput(time.GetElapsedTime(started).TotalSeconds);
    }
}

/// <summary>What <see cref="Sleep"/> gets.</summary>
internal sealed record SleepInput(
    [Description("How long to sleep, in seconds.")] [Range(0, SleepInput.MostSeconds)] double Seconds,
    [Description("In how many steps it reports progress.")] [Range(1, SleepInput.MostSteps)] int Steps = 10)
{
    public const int MostSeconds = 86_400;
    public const int MostSteps = 1000;
}

/// <summary>What <see cref="Sleep"/> returns.</summary>
/// <param name="Seconds">How long it slept.</param>
internal sealed record SleepOutput(double Seconds);
