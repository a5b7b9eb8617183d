namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Makes one value of another, with help.</summary>
/// <typeparam name="TFrom">The element type.</typeparam>
/// <typeparam name="TState">The type of the help.</typeparam>
/// <typeparam name="TTo">The type made.</typeparam>
/// <param name="value">The element.</param>
/// <param name="state">The help.</param>
/// <returns>What it becomes.</returns>
public delegate TTo Projection<TFrom, TState, TTo>(in TFrom value, in TState state);
