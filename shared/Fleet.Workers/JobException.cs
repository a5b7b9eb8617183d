namespace Fleet.Workers;

/// <summary>A failure that a handler knows more about than its message.</summary>
public class JobException : Exception
{
    /// <summary>A failure that a retry may mend.</summary>
    public JobException(string message) : base(message)
    {
    }

    /// <summary>A failure that a retry may mend.</summary>
    public JobException(string message, Exception? inner) : base(message, inner)
    {
    }

    /// <inheritdoc cref="JobException(string)"/>
    public JobException()
    {
    }

    /// <summary>Whether no attempt should follow.</summary>
    public bool IsPermanent { get; private init; }

    /// <summary>A failure that no retry can mend: <c>throw JobException.Permanent("…")</c>.</summary>
    public static JobException Permanent(string message, Exception? inner = null) => new(message, inner) { IsPermanent = true };
}
