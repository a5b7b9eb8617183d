namespace Fleet.Engine;

/// <summary>A fault of set-up or surroundings, in one sentence that says what to do. Hosts print the sentence and exit.</summary>
public sealed class FleetException : Exception
{
    /// <inheritdoc cref="FleetException"/>
    public FleetException(string message) : base(message)
    {
    }

    /// <inheritdoc cref="FleetException"/>
    public FleetException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <inheritdoc cref="FleetException"/>
    public FleetException()
    {
    }
}
