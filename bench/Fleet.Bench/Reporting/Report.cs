using System.Text.Json;

namespace Fleet.Bench.Reporting;

/// <summary>Shows what was measured: a table for people, or one JSON document.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new(FleetJson.Options) { WriteIndented = true };

    public static void Print<TRow>(IReadOnlyList<TRow> rows, Table<TRow> table, bool json) => Print(rows, rows, table, json);

    /// <param name="document">What is written as JSON.</param>
    /// <param name="rows">What the table shows.</param>
    /// <param name="table">The table.</param>
    /// <param name="json">Which of the two.</param>
    public static void Print<TRow>(object document, IReadOnlyList<TRow> rows, Table<TRow> table, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(document, document.GetType(), Indented));
            return;
        }

        foreach (var line in table.Lines(rows)) Console.WriteLine(line);
    }

    /// <summary>Tells somebody who waits what is being done; not part of the result.</summary>
    public static void Progress(string what) => Console.Error.WriteLine(what);
}
