using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.Notifier.Hubs;

/// <summary>
/// A hub protocol for clients that leave out arguments: SignalR wants as many as the method has parameters, while the contract has
/// <c>WatchRun(runId, afterSeq?)</c>. Calls of <see cref="RunsHub"/> whose arguments do not fit are read again with fewer, and
/// the missing ones take their defaults; what still does not fit is refused in words. Everything else is the inner protocol's.
/// </summary>
internal sealed class OptionalArgumentsProtocol(IHubProtocol inner) : IHubProtocol
{
    private static readonly Dictionary<string, HubMethod> Methods = typeof(RunsHub)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(method => method.GetBaseDefinition() == method)
        .Select(method => new HubMethod(method))
        // As SignalR has it, in upper or lower case.
        .ToDictionary(method => method.Name, StringComparer.OrdinalIgnoreCase);

    public string Name => inner.Name;

    public int Version => inner.Version;

    public TransferFormat TransferFormat => inner.TransferFormat;

    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => inner.GetMessageBytes(message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => inner.WriteMessage(message, output);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var start = input;
        if (!inner.TryParseMessage(ref input, binder, out message)) return false;
        // Other hubs of the same process speak this protocol too.
        if (message is InvocationBindingFailureMessage failure
            && Methods.TryGetValue(failure.Target, out var method)
            && binder.GetParameterTypes(failure.Target).SequenceEqual(method.Types))
        {
            message = ParseShorter(start, binder, method) ?? (HubMessage)Explain(failure, method);
        }

        return true;
    }

    private InvocationMessage? ParseShorter(ReadOnlySequence<byte> input, IInvocationBinder binder, HubMethod method)
    {
        for (var count = method.Types.Count - 1; count >= method.Required; count--)
        {
            var again = input;
            if (inner.TryParseMessage(ref again, new ShorterBinder(binder, method.Types.Take(count)), out var message)
                && message is InvocationMessage call)
            {
                return new InvocationMessage(call.InvocationId, call.Target, method.Fill(call.Arguments), call.StreamIds) { Headers = call.Headers };
            }
        }

        return null;
    }

    private static InvocationBindingFailureMessage Explain(InvocationBindingFailureMessage failure, HubMethod method)
    {
        var words = new HubException($"The call must be {method}; {ArgumentFault.Describe(failure.BindingFailure.SourceException)}");
        return new InvocationBindingFailureMessage(failure.InvocationId, failure.Target, ExceptionDispatchInfo.Capture(words));
    }

    /// <summary>Answers for fewer parameters than the method has.</summary>
    private sealed class ShorterBinder(IInvocationBinder binder, IEnumerable<Type> types) : IInvocationBinder
    {
        private readonly Type[] _types = [.. types];

        public IReadOnlyList<Type> GetParameterTypes(string methodName) => _types;

        public Type GetReturnType(string invocationId) => binder.GetReturnType(invocationId);

        public Type GetStreamItemType(string streamId) => binder.GetStreamItemType(streamId);
    }
}
