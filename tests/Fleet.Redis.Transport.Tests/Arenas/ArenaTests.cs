using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Pipelines.Sockets.Unofficial.Arenas;

namespace Fleet.Redis.Transport.Tests.Arenas;

public class ArenaTests
{
    // 64 references to a block.
    private static readonly ArenaOptions _smallBlocks = new(ArenaFlags.None, 512, null);

    [Fact]
    public void Allocate_AnySizesBetweenResets_GivesEachItsOwnElements() => Prop.ForAll<NonNegativeInt[][]>(rounds =>
    {
        var arena = new Arena<object>(_smallBlocks, null);
        foreach (var sizes in rounds)
        {
            var sequences = sizes.Select(size => arena.Allocate(size.Get)).ToArray();
            for (var s = 0; s < sequences.Length; s++)
            {
                foreach (ref var element in sequences[s])
                {
                    // Whatever an earlier round put here was let go of, and nobody else of this round is here.
                    Assert.Null(element);
                    element = s;
                }
            }
            for (var s = 0; s < sequences.Length; s++)
            {
                var sequence = sequences[s];
                Assert.Equal(sizes[s].Get, sequence.Length);
                Assert.Equal(Enumerable.Repeat<object>(s, sizes[s].Get), sequence.ToArray((in object element) => element));
            }
            arena.Reset();
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sequence_EveryWayOfReadingIt_ShowsTheSameElements() => Prop.ForAll<int[]>(values =>
    {
        var arena = new Arena<int>(_smallBlocks, null);
        arena.Allocate(3);
        var sequence = arena.Allocate(values.Length);
        values.CopyTo(sequence.FirstSpan);

        var bySpans = new List<int>();
        foreach (var span in sequence.Spans) bySpans.AddRange(span);
        var byNext = new List<int>();
        var next = sequence.GetEnumerator();
        for (var i = 0; i < values.Length; i++) byNext.Add(next.GetNext());
        var copied = new int[values.Length];
        sequence.CopyTo(copied, (in int value) => value);

        Assert.Equal(values, bySpans);
        Assert.Equal(values, byNext);
        Assert.Equal(values, copied);
        Assert.Equal(values, Enumerable.Range(0, values.Length).Select(i => sequence[i]));
        Assert.Equal(values.Select(value => value + 1L), sequence.ToArray((in int value, in long one) => value + one, 1L));
        Assert.Equal(values, sequence.Untyped().Cast<int>().ToArray((in int value) => value));
        Assert.Equal(values.Length, sequence.Untyped().Length);
        Assert.Equal(values.Length == 0, sequence.IsEmpty);
        Assert.True(sequence.IsSingleSegment);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Default_Sequence_IsEmpty()
    {
        var sequence = default(Sequence).Cast<string>();
        Assert.True(sequence.IsEmpty);
        Assert.True(sequence.IsSingleSegment);
        Assert.Empty(sequence.ToArray((in string value) => value));
        Assert.False(sequence.GetEnumerator().MoveNext());
        Assert.False(sequence.Spans.GetEnumerator().MoveNext());
    }

    [Fact]
    public void Access_OutsideTheSequence_Throws()
    {
        var arena = new Arena<int>(null, null);
        var sequence = arena.Allocate(3);
        arena.Allocate(3);
        Assert.Throws<IndexOutOfRangeException>(() => sequence[3]);
        Assert.Throws<IndexOutOfRangeException>(() => sequence[-1]);
        Assert.Throws<ArgumentException>(() => sequence.CopyTo(new int[2], (in int value) => value));
        Assert.Throws<InvalidCastException>(() => sequence.Untyped().Cast<string>());
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Allocate(-1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public void Reset_AfterUse_LetsGoOfWhatWasReferredTo(int count)
    {
        var arena = new Arena<object>(_smallBlocks, null);
        var references = Fill(arena, count);
        arena.Reset();
        GC.Collect();
        Assert.All(references, reference => Assert.False(reference.IsAlive));
        GC.KeepAlive(arena);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference[] Fill(Arena<object> arena, int count)
        {
            var sequence = arena.Allocate(count);
            foreach (ref var element in sequence) element = new();
            return sequence.ToArray((in object element) => new WeakReference(element));
        }
    }

    [Fact]
    public void Allocate_SmallSequencesAgainAndAgain_AllocatesNothing()
    {
        var arena = new Arena<object>(_smallBlocks, null);
        Run(arena);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(arena);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Run(Arena<object> arena)
        {
            for (var i = 0; i < 1_000; i++)
            {
                arena.Allocate(3);
                arena.Allocate(200);
                arena.Allocate(3);
                arena.Reset();
            }
        }
    }

    [Fact]
    public void Dispose_WithSequencesInUse_LeavesThemAlone()
    {
        var arena = new Arena<int>(_smallBlocks, null);
        var sequence = arena.Allocate(1_000);
        arena.Dispose();
        var other = new Arena<int>(_smallBlocks, null).Allocate(1_000);
        other[0] = 7;
        Assert.NotEqual(7, sequence[0]);
        arena.Allocate(5);
        arena.Reset();
    }

    [Fact]
    public void Options_RetentionPolicy_IsRefused() =>
        Assert.Throws<NotSupportedException>(() => new ArenaOptions(ArenaFlags.None, 0, (_, needed) => needed));
}
