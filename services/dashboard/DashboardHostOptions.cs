namespace Fleet.Dashboard;

/// <summary>What the dashboard is told, from the configuration section <c>Fleet:Dashboard</c>.</summary>
public sealed class DashboardHostOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Dashboard";

    /// <summary>The name that a browser asks for.</summary>
    /// <value>Default: <c>fleet</c>.</value>
    public string User { get; set; } = "fleet";

    /// <summary>The password that goes with it; null lets in requests from this machine alone.</summary>
    /// <value>Default: null.</value>
    public string? Password { get; set; }

    /// <summary>Whether there are no buttons.</summary>
    /// <value>Default: false.</value>
    public bool ReadOnly { get; set; }
}
