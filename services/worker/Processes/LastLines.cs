namespace Fleet.Worker.Processes;

/// <summary>The last few lines of a stream, for the message of a failure.</summary>
internal sealed class LastLines
{
    private const int MostLines = 10;
    private const int LongestLine = 500;

    private readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        if (_lines.Count == MostLines) _lines.Dequeue();
        _lines.Enqueue(line.Length > LongestLine ? string.Concat(line.AsSpan(0, LongestLine), "…") : line);
    }

    public override string ToString() => string.Join('\n', _lines).Trim();
}
