namespace Fleet.Workers;

/// <summary>What a job's runs get where the caller says nothing.</summary>
public sealed class JobBuilder
{
    internal JobDefaults Defaults { get; private set; } = new();

    internal string? Details { get; private set; }

    /// <summary>What the job does, in a sentence or two, for the catalogue.</summary>
    public JobBuilder Description(string text)
    {
        Details = text;
        return this;
    }

    /// <summary>The queue.</summary>
    public JobBuilder Queue(string name)
    {
        Names.Require(name, "queue");
        Defaults = Defaults with { Queue = name };
        return this;
    }

    /// <summary>The line in the queue.</summary>
    public JobBuilder Priority(Priority priority)
    {
        Defaults = Defaults with { Priority = priority };
        return this;
    }

    /// <summary>How many attempts a run may use, from 1 to 100.</summary>
    public JobBuilder Attempts(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 100);
        Defaults = Defaults with { MaxAttempts = count };
        return this;
    }

    /// <summary>How long one attempt may take.</summary>
    public JobBuilder Timeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        Defaults = Defaults with { Timeout = timeout };
        return this;
    }

    /// <summary>How long to wait before a retry: a random time up to <paramref name="first"/>, doubled with every attempt up to <paramref name="longest"/>.</summary>
    public JobBuilder Backoff(TimeSpan first, TimeSpan longest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, first);
        return Backoff(Fleet.Backoff.Exponential(first, longest));
    }

    /// <summary>How long to wait before a retry.</summary>
    public JobBuilder Backoff(Backoff backoff)
    {
        var faults = backoff.Faults().Select(fault => $"{fault.Field} {fault.Message}").ToList();
        if (faults.Count > 0) throw new ArgumentException(string.Join("; ", faults), nameof(backoff));
        Defaults = Defaults with { Backoff = backoff };
        return this;
    }

    /// <summary>How long its final runs are kept, where that is not as long as the deployment keeps them: at least 10 seconds.</summary>
    public JobBuilder Keep(TimeSpan succeeded, TimeSpan others)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(succeeded, TimeSpan.FromSeconds(10));
        ArgumentOutOfRangeException.ThrowIfLessThan(others, TimeSpan.FromSeconds(10));
        Defaults = Defaults with { KeepSucceeded = succeeded, KeepOthers = others };
        return this;
    }
}
