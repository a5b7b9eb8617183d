namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>
/// Named by the constructor of <see cref="Arena{T}"/>, where StackExchange.Redis passes <see langword="null"/>. An arena
/// here has one source of memory, so that there is nothing to derive.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract class Allocator<T>
{
    private protected Allocator()
    {
    }
}
