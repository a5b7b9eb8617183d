namespace Fleet.Bench.Fanout.Servers;

/// <summary>What is published.</summary>
/// <param name="Seq">Its number, from 1.</param>
/// <param name="Text">What fills it up to the size that is asked for.</param>
internal sealed record GroupMessage(long Seq, string Text);
