using System.Globalization;

namespace EdgeJobs.Board.Tests;

/// <summary>How much a test does.</summary>
internal static class TestNumber
{
    /// <summary>The number in an environment variable, if it is set.</summary>
    public static int FromEnvironment(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
