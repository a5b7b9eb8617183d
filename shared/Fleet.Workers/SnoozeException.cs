namespace Fleet.Workers;

/// <summary>How <see cref="JobContext.Snooze"/> leaves a handler.</summary>
internal sealed class SnoozeException(TimeSpan delay) : Exception("The run was put off.")
{
    public TimeSpan Delay { get; } = delay;
}
