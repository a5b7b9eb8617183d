using System.Diagnostics.CodeAnalysis;

namespace Fleet.Bench.Queue;

/// <summary>The JSON document: the figures of the first row, and all rows.</summary>
internal sealed record QueueReport : QueueRow
{
    [SetsRequiredMembers]
    public QueueReport(IReadOnlyList<QueueRow> rows, IReadOnlyList<Ratio> ratios) : base(rows[0])
    {
        Rows = rows;
        Ratios = ratios;
    }

    public IReadOnlyList<QueueRow> Rows { get; }

    /// <summary>How Fleet compares with each peer, in the same run of the command.</summary>
    public IReadOnlyList<Ratio> Ratios { get; }
}
