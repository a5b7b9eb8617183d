using System.Text;

namespace Fleet.Client;

/// <summary>Builds the part of an address after its path.</summary>
internal sealed class QueryString
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds a parameter, unless it has no value.</summary>
    public QueryString Add(string name, string? value)
    {
        if (value is not null) _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return this;
    }

    public override string ToString() => _text.ToString();
}
