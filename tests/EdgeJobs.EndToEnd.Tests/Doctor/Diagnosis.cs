using System.Text.Json;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Doctor;

/// <summary>The output of <c>edgejobs doctor --json</c>.</summary>
internal sealed record Diagnosis(int ExitCode, IReadOnlyList<(string Name, string Outcome, string Message)> Checks, string Text)
{
    public static async Task<Diagnosis> OfAsync(IEnumerable<string> flags, params (string Name, string Value)[] environment)
    {
        ChildResult result = await AgentBinary.X64.RunAsync(["doctor", "--json", .. flags], environment);
        Assert.True(result.Errors.Length == 0, result.ToString());
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(result.ExitCode, document.RootElement.GetProperty("exitCode").GetInt32());
        return new Diagnosis(
            result.ExitCode,
            [.. document.RootElement.GetProperty("checks").EnumerateArray().Select(c =>
                (c.GetProperty("name").GetString()!, c.GetProperty("outcome").GetString()!, c.GetProperty("message").GetString()!))],
            result.Output);
    }

    /// <summary>The names of the checks with this outcome, in order.</summary>
    public IEnumerable<string> Names(string outcome) => Checks.Where(c => c.Outcome == outcome).Select(c => c.Name);

    /// <summary>Asserts which fault is the first, and that its message contains these words.</summary>
    public void AssertFirstFault(string name, int exitCode, params string[] words)
    {
        (string Name, string Outcome, string Message) fault = Checks.FirstOrDefault(c => c.Outcome == "failed");
        Assert.True(fault.Name == name, Text);
        Assert.All(
            words,
            word => Assert.True(fault.Message.Contains(word, StringComparison.Ordinal), $"'{word}' is missing: {fault.Message}"));
        Assert.Equal(exitCode, ExitCode);
    }

    public void AssertHealthy() => Assert.True(ExitCode == 0 && !Names("failed").Any() && !Names("skipped").Any(), Text);
}
