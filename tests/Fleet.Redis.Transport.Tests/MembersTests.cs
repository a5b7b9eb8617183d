using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using Pipelines.Sockets.Unofficial;
using StackExchange.Redis;

namespace Fleet.Redis.Transport.Tests;

/// <summary>
/// StackExchange.Redis finds here every type and member that it was compiled against. The runtime itself resolves each of its
/// references, so that a wrong modifier or generic shape fails here and not as a MissingMethodException in production.
/// </summary>
public sealed class MembersTests : IDisposable
{
    private const string Name = "Pipelines.Sockets.Unofficial";

    private static readonly Assembly _transport = typeof(SocketConnection).Assembly;
    private readonly System.Reflection.Module _client = typeof(ConnectionMultiplexer).Module;
    private readonly PEReader _file = new(File.OpenRead(typeof(ConnectionMultiplexer).Assembly.Location));
    private readonly MetadataReader _metadata;

    public MembersTests() => _metadata = _file.GetMetadataReader();

    [Fact]
    public void EveryMemberReference_Resolves()
    {
        // More of either than any reference in the client has type or method parameters.
        Type[] arguments = [typeof(EventArgs), typeof(EventArgs), typeof(EventArgs), typeof(EventArgs)];
        var resolved = new List<string>();
        foreach (var handle in _metadata.MemberReferences)
        {
            if (!IsTransports(_metadata.GetMemberReference(handle).Parent)) continue;
            var member = _client.ResolveMember(MetadataTokens.GetToken(handle), arguments, arguments)!;
            Assert.Equal(_transport, member.DeclaringType!.Assembly);
            resolved.Add($"{member.DeclaringType}.{member}");
        }
        Assert.True(resolved.Count >= 80, $"Only {resolved.Count} references found: is the test looking in the right place?");
    }

    [Fact]
    public void TypeReferences_AreExactlyWhatIsPublic()
    {
        var wanted = _metadata.TypeReferences
            .Where(handle => IsTransports(handle))
            .Select(handle => _client.ResolveType(MetadataTokens.GetToken(handle)))
            .ToHashSet();
        Assert.All(wanted, type => Assert.Equal(_transport, type.Assembly));
        Assert.Empty(_transport.GetExportedTypes().Except(wanted).Select(type => type.FullName));
    }

    // What no member reference tells: the interfaces and base classes that the client's instructions assume.
    [Theory]
    [InlineData(typeof(Delegates.DelegateEnumerator<EventHandler>), typeof(IDisposable))]
    [InlineData(typeof(SocketAwaitableEventArgs), typeof(ICriticalNotifyCompletion))]
    [InlineData(typeof(SocketAwaitableEventArgs), typeof(System.Net.Sockets.SocketAsyncEventArgs))]
    [InlineData(typeof(SocketConnection), typeof(IMeasuredDuplexPipe))]
    [InlineData(typeof(SocketConnection), typeof(IDisposable))]
    [InlineData(typeof(DedicatedThreadPoolPipeScheduler), typeof(System.IO.Pipelines.PipeScheduler))]
    [InlineData(typeof(ConnectionResetException), typeof(IOException))]
    public void Type_WhereItsCallersCastOrConstrain_IsAssignable(Type type, Type wanted) => Assert.True(type.IsAssignableTo(wanted));

    [Fact]
    public void Assembly_NameAndVersion_AreThoseReferredTo()
    {
        var reference = typeof(ConnectionMultiplexer).Assembly.GetReferencedAssemblies().Single(name => name.Name == Name);
        Assert.Equal((Name, reference.Version), (_transport.GetName().Name, _transport.GetName().Version));
    }

    [Fact]
    public void ShutdownKinds_CompiledIntoTheClient_HaveTheirValues()
    {
        Assert.Equal(100, (int)PipeShutdownKind.ReadEndOfStream);
        Assert.Equal(400, (int)PipeShutdownKind.ProtocolExitClient);
    }

    public void Dispose() => _file.Dispose();

    private bool IsTransports(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.AssemblyReference => Is(_metadata.GetAssemblyReference((AssemblyReferenceHandle)handle).Name),
        HandleKind.TypeReference => IsTransports(_metadata.GetTypeReference((TypeReferenceHandle)handle).ResolutionScope),
        HandleKind.TypeSpecification => IsGenericOfTransports(_metadata.GetTypeSpecification((TypeSpecificationHandle)handle)),
        _ => false,
    };

    private bool IsGenericOfTransports(TypeSpecification specification)
    {
        var signature = _metadata.GetBlobReader(specification.Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance) return false;
        // Class or value type; then which.
        signature.ReadCompressedInteger();
        return IsTransports(signature.ReadTypeHandle());
    }

    private bool Is(StringHandle name) => _metadata.StringComparer.Equals(name, Name);
}
