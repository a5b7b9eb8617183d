using System.Text.Json;

namespace Fleet.Api.Tests;

/// <summary>The jobs that the tests' workers would have announced.</summary>
internal static class Jobs
{
    public static IReadOnlyList<JobInfo> All { get; } =
    [
        new() { Name = "test.job", Description = "Takes anything.", InputSchema = JsonElement.Parse("true") },
        new()
        {
            Name = "text.stats",
            Description = "Counts words.",
            InputSchema = JsonElement.Parse("""
                {
                  "type": "object",
                  "properties": {
                    "text": { "type": "string", "minLength": 1 },
                    "seconds": { "type": "integer", "minimum": 0, "maximum": 60 },
                    "mode": { "enum": ["words", "lines"] }
                  },
                  "required": ["text"],
                  "additionalProperties": false
                }
                """),
            Defaults = new JobDefaults { Queue = "text", Priority = Priority.High, MaxAttempts = 7, Timeout = TimeSpan.FromMinutes(2) },
        },
    ];
}
