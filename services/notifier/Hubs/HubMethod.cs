using System.Reflection;

namespace Fleet.Notifier.Hubs;

/// <summary>What a client may give a method of the hub.</summary>
internal sealed class HubMethod
{
    private readonly ParameterInfo[] _parameters;

    public HubMethod(MethodInfo method)
    {
        _parameters = method.GetParameters();
        Name = method.Name;
        Types = [.. _parameters.Select(parameter => parameter.ParameterType)];
        Required = _parameters.TakeWhile(parameter => !parameter.HasDefaultValue).Count();
    }

    public string Name { get; }

    public IReadOnlyList<Type> Types { get; }

    /// <summary>How many arguments there must be at least.</summary>
    public int Required { get; }

    /// <summary>The arguments with the defaults of those that are missing.</summary>
    public object?[] Fill(object?[] arguments) =>
        [.. arguments, .. _parameters.Skip(arguments.Length).Select(parameter => parameter.DefaultValue)];

    /// <summary>How to call it, as a TypeScript programmer would write it.</summary>
    public override string ToString() =>
        $"{Name}({string.Join(", ", _parameters.Select(parameter => $"{parameter.Name}{(parameter.HasDefaultValue ? "?" : "")}: {WireType(parameter.ParameterType)}"))})";

    private static string WireType(Type type) =>
        type == typeof(string) ? "string"
        : Nullable.GetUnderlyingType(type) == typeof(long) ? "number"
        : "object";
}
