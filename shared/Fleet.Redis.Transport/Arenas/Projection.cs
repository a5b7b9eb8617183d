namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Makes one value of another.</summary>
/// <typeparam name="TFrom">The element type.</typeparam>
/// <typeparam name="TTo">The type made.</typeparam>
/// <param name="value">The element.</param>
/// <returns>What it becomes.</returns>
public delegate TTo Projection<TFrom, TTo>(in TFrom value);
