namespace Fleet.SignalR;

/// <summary>
/// A message could not be handed to Redis. Nobody will get it, except where Redis only answered too late: then it may have been sent.
/// Whoever sent it decides: send it again once Redis is back, or let the clients read what they missed.
/// </summary>
public sealed class BackplaneUnavailableException : Exception
{
    /// <summary>Says why.</summary>
    public BackplaneUnavailableException(string message) : base(message)
    {
    }

    /// <summary>Says why, and what it came from.</summary>
    public BackplaneUnavailableException(string message, Exception? inner) : base(message, inner)
    {
    }

    /// <summary>Says that Redis is away.</summary>
    public BackplaneUnavailableException() : this("The backplane cannot reach Redis.")
    {
    }
}
