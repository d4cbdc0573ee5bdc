using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Documents;

/// <summary>The facts about the board that conditions of a job document can compare.</summary>
/// <param name="thingName">The thing.</param>
/// <param name="osRelease">The lines of os-release(5).</param>
internal sealed class BoardFacts(string thingName, IReadOnlyList<string> osRelease)
{
    private const string OsReleasePrefix = "osRelease.";
    private static readonly string[] OsReleaseFiles = ["/etc/os-release", "/usr/lib/os-release"];

    /// <summary>The facts by name. In addition, <c>osRelease.NAME</c> is the variable NAME of os-release(5).</summary>
    private static readonly (string Key, Func<BoardFacts, string> Read)[] Facts =
    [
        ("operatingSystem", facts => facts.OsRelease("ID") is { Length: > 0 } id ? id : "linux"),
        ("architecture", _ => RuntimeInformation.OSArchitecture switch
        {
            Architecture.Arm64 => "arm64",
            Architecture.X64 => "x64",
            Architecture.Arm => "arm",
            var other => other.ToString(),
        }),
        ("kernelVersion", _ => Environment.OSVersion.Version.ToString()),
        ("hostname", _ => Environment.MachineName),
        ("thingName", facts => facts._thingName),
        ("agentVersion", _ => AgentVersion.Current),
    ];

    private readonly string _thingName = thingName;

    /// <summary>The names of the facts but <c>osRelease.NAME</c>.</summary>
    public static string[] Keys { get; } = Array.ConvertAll(Facts, fact => fact.Key);

    /// <summary>The facts about this board.</summary>
    public static BoardFacts Read(string thingName)
    {
        foreach (string file in OsReleaseFiles)
        {
            try
            {
                return new BoardFacts(thingName, TextFile.ReadLines(file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Try the next path of os-release(5); a board may have neither.
            }
        }

        return new BoardFacts(thingName, []);
    }

    public static bool Knows(string key) =>
        Array.IndexOf(Keys, key) >= 0 || (key.StartsWith(OsReleasePrefix, StringComparison.Ordinal) && key.Length > OsReleasePrefix.Length);

    /// <summary>A fact; empty if the board does not have it.</summary>
    public string this[string key] =>
        Array.IndexOf(Keys, key) is >= 0 and var index ? Facts[index].Read(this) : OsRelease(key[OsReleasePrefix.Length..]);

    /// <summary>The conditions that the board does not meet, in words; empty if it meets all.</summary>
    public string FindUnmet(IReadOnlyList<Condition> conditions)
    {
        string unmet = string.Empty;
        foreach (Condition condition in conditions)
        {
            string fact = this[condition.Key];
            if (!condition.IsMetBy(fact))
            {
                unmet += $"{(unmet.Length == 0 ? "" : "; ")}{condition}, but on this board it is '{StatusText.Head(fact)}'";
            }
        }

        return unmet;
    }

    private string OsRelease(string name)
    {
        foreach (string line in osRelease)
        {
            if (line.Length > name.Length && line[name.Length] == '=' && line.StartsWith(name, StringComparison.Ordinal))
            {
                return line[(name.Length + 1)..].Trim().Trim('"', '\'');
            }
        }

        return string.Empty;
    }
}
