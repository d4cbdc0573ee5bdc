using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Job documents, as a fleet's operators write them.</summary>
internal static class Documents
{
    /// <summary>One runCommand step, its output wanted.</summary>
    public static string Command(params string[] argv) => Steps(CommandStep("the step", argv));

    /// <summary>A step that goes on until it is asked to end, with a file for its beginning and one for its end.</summary>
    public static string Endless(string started, string ended) =>
        Command("sh", "-c", $"trap 'touch {ended}; exit' TERM; touch {started}; while true; do sleep 0.05; done");

    /// <summary>Several steps, their output wanted.</summary>
    public static string Steps(params JsonObject[] steps) => new JsonObject
    {
        ["version"] = "1.0",
        ["includeStdOut"] = true,
        ["steps"] = new JsonArray([.. steps.Select(step => new JsonObject { ["action"] = step })]),
    }.ToJsonString(JsonSerializerOptions.Default);

    /// <summary>An action of any type, named after it.</summary>
    public static JsonObject Step(string type, JsonObject input) => new() { ["name"] = type, ["type"] = type, ["input"] = input };

    /// <summary>A runCommand action. Commas inside an argument are escaped as the schema wants.</summary>
    public static JsonObject CommandStep(string name, params string[] argv) => new()
    {
        ["name"] = name,
        ["type"] = "runCommand",
        ["input"] = new JsonObject
        {
            ["command"] = string.Join(
            ',',
            argv.Select(argument => argument.Replace(",", "\\,", StringComparison.Ordinal)))
        },
    };

    /// <summary>A runHandler action.</summary>
    public static JsonObject HandlerStep(string name, string directory, string handler, params string[] arguments) => new()
    {
        ["name"] = name,
        ["type"] = "runHandler",
        ["input"] = new JsonObject
        {
            ["handler"] = handler,
            ["path"] = directory,
            ["args"] = new JsonArray([.. arguments.Select(argument => JsonValue.Create(argument))]),
        },
    };
}
