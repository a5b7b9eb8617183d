using System.Globalization;
using Fleet.Faults.History;
using Fleet.Workers;

namespace Fleet.Faults.Jobs;

/// <summary>The job of the suite: it does what its input says, and records that it did.</summary>
internal sealed class ScriptedJob(EffectLog effects, TimeProvider time) : IJob<Step, StepOutput>
{
    /// <summary>The job's name.</summary>
    public const string Name = "faults.step";

    /// <summary>What an error says that the input asked for.</summary>
    public const string Told = "As the input says";

    public async Task<StepOutput> RunAsync(Step input, JobContext context, CancellationToken cancellation)
    {
        var execution = effects.NewExecution();
        Record(EffectPhase.Began);
        try
        {
            await DoAsync(input, context, cancellation);
        }
        catch (Exception e)
        {
            Record(e is OperationCanceledException ? EffectPhase.Cancelled : input.Do == Deed.Snooze ? EffectPhase.Snoozed : EffectPhase.Threw);
            throw;
        }

        // The effect comes first: a success that is recorded without it was made up.
        Record(EffectPhase.Done);
        return new StepOutput(execution, input.Op, input.Index, input.Text);

        void Record(EffectPhase phase) => effects.Record(execution, context.RunId, context.Attempt, input.Do, phase);
    }

    private async Task DoAsync(Step input, JobContext context, CancellationToken cancellation)
    {
        var moment = TimeSpan.FromMilliseconds(input.Ms);
        switch (input.Do)
        {
            case Deed.Snooze:
                var rest = DateTimeOffset.FromUnixTimeMilliseconds(context.RunId.UnixMilliseconds) + moment - time.GetUtcNow();
                if (rest > TimeSpan.Zero) context.Snooze(rest);
                break;
            case Deed.Tell:
                const int Lines = 10;
                for (var line = 0; line < Lines; line++)
                {
                    context.Log(string.Create(CultureInfo.InvariantCulture, $"line {line} of attempt {context.Attempt}"));
                    await context.ReportProgressAsync((double)line / Lines, input.Text);
                    await Task.Delay(moment / Lines, time, cancellation);
                }

                break;
            case Deed.Stubborn:
                await Task.Delay(moment, time, CancellationToken.None);
                break;
            case Deed.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
                break;
            default:
                await Task.Delay(moment, time, cancellation);
                break;
        }

        if (input.Do == Deed.Permanent) throw JobException.Permanent(Told);
        if (input.Do == Deed.Fail || (input.Do == Deed.FailOnce && context.Attempt == 1)) throw new JobException(Told);
    }
}
