namespace Fleet;

/// <summary>One option of a process, as it is now (contract: GET /v1/config).</summary>
/// <param name="Key">Its key, such as <c>Fleet:Lease</c>.</param>
/// <param name="Value">Its value. Of what is secret, such as a password, three dots stand there.</param>
/// <param name="Default">What it is unless somebody says otherwise.</param>
/// <param name="Source">Who said so: <c>default</c>, <c>environment</c>, <c>command line</c>, or the file.</param>
/// <param name="Meaning">What it is for.</param>
public sealed record Setting(string Key, string? Value, string? Default, string Source, string Meaning);
