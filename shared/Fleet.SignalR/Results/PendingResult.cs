using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.SignalR.Results;

/// <summary>A client's result that is waited for, here or on another server.</summary>
internal abstract class PendingResult(string invocation, string connection)
{
    public string Invocation { get; } = invocation;

    /// <summary>The connection whose client is to return it; nobody else may.</summary>
    public string Connection { get; } = connection;

    /// <summary>As what it is read.</summary>
    public abstract Type ReturnType { get; }

    /// <summary>The client returned something, or its method failed.</summary>
    public abstract void Complete(CompletionMessage completion);

    /// <summary>Nothing will come.</summary>
    /// <param name="why">Why, as a sentence.</param>
    public abstract void Lose(string why);
}
