namespace Fleet.Engine.Scheduling;

/// <summary>The text of one field of a cron expression, and where it stands.</summary>
/// <param name="Text">The text.</param>
/// <param name="Place">Which field it is, from 1.</param>
/// <param name="Of">How many fields there are.</param>
internal sealed record CronText(string Text, int Place, int Of)
{
    private static readonly string[] Ordinals = ["1st", "2nd", "3rd", "4th", "5th", "6th"];

    /// <summary>Whether it begins with <c>*</c> or is <c>?</c>, and so restricts nothing by itself.</summary>
    public bool IsOpen => Text[0] is '*' or '?';

    /// <summary>Whether it has a <c>*</c>, a range or a step, so that it means every so often rather than at a time.</summary>
    public bool Repeats => Text.AsSpan().ContainsAny('*', '-', '/');

    /// <summary>Reads the values of a field that is a plain list.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public ulong Read(CronField field)
    {
        var bits = 0UL;
        EachItem(field, item => bits |= field.Read(item));
        return bits;
    }

    /// <summary>Reads the items of the list one after another, and says which one it is that cannot be read.</summary>
    /// <exception cref="FormatException">One of them cannot be read.</exception>
    public void EachItem(CronField field, Action<string> read)
    {
        foreach (var item in Text.Split(','))
        {
            try
            {
                read(item);
            }
            catch (FormatException e)
            {
                var what = item.Length == 0 ? "an empty item" : $"'{item}'";
                throw new FormatException($"has {what} as {field.Name} (the {Ordinals[Place - 1]} of {Of} fields), which {e.Message}", e);
            }
        }
    }
}
