using System.Globalization;
using System.Text.Json.Nodes;

namespace EdgeJobs.PowerCut.Tests.Recording;

/// <summary>The documents of the recorded jobs. Each step's name begins with a word that only its job has.</summary>
/// <param name="handlers">The directory of the handlers.</param>
/// <param name="scratch">The directory for what steps tell the test.</param>
internal sealed class JobDocuments(string handlers, string scratch)
{
    // 6 bytes in the document, 3 in the output: 30 KB in a claim, and twice the 8 KB that a result keeps.
    private const int Filler = 5_000;
    private const string LongOutput = "head -c 40000 /dev/zero | tr '\\0' x; ";

    /// <summary>Every feature of a step: long output, progress, ignored failures, retries, handlers, all kinds of interruption.</summary>
    public string All() => Document(
        Step("all long", LongOutput + "echo percent=50 >&3; echo phase=two >&3; "),
        Step("all ignored fails", with: step => step["ignoreStepFailure"] = true),
        Step("all retried fails2", with: step => Retried(step, attempts: 3, backoff: 1, onInterruption: "skip")),
        Step("all patient fails1", with: step => Retried(step, attempts: 2, backoff: 0, onInterruption: "fail")),
        Handler("all handler"),
        Step("all once", with: step => step["onInterruption"] = "fail"),
        Step("all skipped", with: step => step["onInterruption"] = "skip"));

    /// <summary>The second step ends the agent, as a reboot does, and runs again.</summary>
    public string Reboot() => Document(
        Step("reboot before"),
        Step("reboot now", $"[ -e {scratch}/rebooted ] || {{ touch {scratch}/rebooted; kill -KILL $(cat agent.pid); }}; "),
        Step("reboot after"));

    public static string Fails() => Document(
        Step("bad start"),
        Step("bad fails"),
        Step("bad never"),
        Step("bad clean-up", with: step => step["alwaysRun"] = true));

    /// <summary>The second step runs until it is ended, and says that it has begun.</summary>
    public string Endless(string word) => Document(
        Step($"{word} first"),
        Step($"{word} endless", $"touch {scratch}/{word}; while true; do sleep 0.05; done; "));

    public static string Small(string word, int steps = 1) =>
        Document([.. Enumerable.Range(1, steps).Select(i => Step(string.Create(CultureInfo.InvariantCulture, $"{word} {i}")))]);

    /// <summary>A document of 30 KB, and a result of 16 KB.</summary>
    public static string Large(string word)
    {
        JsonObject step = Step($"{word} 1", "printf %s \"$0\"; printf %s \"$0\" >&2; ");
        step["input"]!["command"] += "," + new string('\u20ac', Filler);
        return Document(step);
    }

    /// <summary>
    /// Steps that append their number to a file. Of five, the second fails and is ignored, the fourth fails, the fifth always runs.
    /// </summary>
    public static string Counting(string file, int steps) => Document(
        [.. Enumerable.Range(1, steps).Select(i => Step(
            string.Create(CultureInfo.InvariantCulture, $"count {i}{(i is 2 or 4 ? " fails" : "")}"),
            string.Create(CultureInfo.InvariantCulture, $"echo {i} >> {file}; "),
            step =>
            {
                step["ignoreStepFailure"] = i == 2;
                step["alwaysRun"] = i == 5;
            }))]);

    private static string Document(params JsonObject[] steps) => new JsonObject
    {
        ["version"] = "1.0",
        ["includeStdOut"] = true,
        ["steps"] = new JsonArray([.. steps.Select(step => new JsonObject { ["action"] = step })]),
    }.ToJsonString();

    private static JsonObject Step(string name, string script = "", Action<JsonObject>? with = null)
    {
        string command = $"{script}{StepScript.Command(name)}".Replace(",", "\\,", StringComparison.Ordinal);
        JsonObject step = new()
        {
            ["name"] = name,
            ["type"] = "runCommand",
            ["input"] = new JsonObject { ["command"] = $"sh,-c,{command}" },
        };
        with?.Invoke(step);
        return step;
    }

    private static void Retried(JsonObject step, int attempts, int backoff, string onInterruption)
    {
        step["retry"] = new JsonObject { ["attempts"] = attempts, ["backoffSeconds"] = backoff };
        step["onInterruption"] = onInterruption;
    }

    private JsonObject Handler(string name) => new()
    {
        ["name"] = name,
        ["type"] = "runHandler",
        ["input"] = new JsonObject { ["handler"] = "handler.sh", ["path"] = handlers },
    };
}
