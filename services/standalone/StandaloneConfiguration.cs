using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Console;

namespace Fleet.Standalone;

/// <summary>What the command line means to the services, and what is different because all of it runs on somebody's own machine.</summary>
internal static class StandaloneConfiguration
{
    /// <summary>The command line as the host reads it. The last word is the command line's, then the environment's.</summary>
    public static string[] Arguments(StandaloneOptions options)
    {
        var host = options.Host.Contains(':', StringComparison.Ordinal) ? $"[{options.Host}]" : options.Host;
        // Beside the program, not wherever somebody started it, are its settings and the console's files.
        List<string> arguments = [.. options.Configuration, $"--contentRoot={AppContext.BaseDirectory}", $"--urls=http://{host}:{options.Port}"];
        if (options.Redis is not null) arguments.Add($"--Fleet:Redis={options.Redis}");
        if (options.Slots is not null) arguments.Add($"--Fleet:Worker:Slots={options.Slots}");
        return [.. arguments];
    }

    /// <summary>Adds this process's own defaults, which any other source overrides, and its log.</summary>
    public static void Apply(WebApplicationBuilder builder, StandaloneOptions options)
    {
        var defaults = new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = options.Verbose ? "Information" : "Warning" };
        if (options.OnLoopback)
        {
            // Whoever can reach this can run commands here anyway.
            defaults["Fleet:Worker:Process:Enabled"] = "true";
            defaults["Fleet:Worker:Files:Root"] = "/";
        }

        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = defaults });

        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        // Standard output is for the one line that says where Fleet is.
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
