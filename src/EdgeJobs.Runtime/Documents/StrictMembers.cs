using System.Text;
using System.Text.Json;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Documents;

/// <summary>
/// Checks of the step types that are extensions of EdgeJobs. Unlike elsewhere, unknown members are faults: a misspelt <c>sha256</c> must
/// not turn the check off.
/// </summary>
internal static class StrictMembers
{
    public const string RunAsUser = "runAsUser";
    public const string AllowStdErr = "allowStdErr";
    public const string OnInterruption = "onInterruption";

    private const int MaxPathBytes = 4095;
    private const int MaxNameBytes = 255;

    /// <summary>The members of an action that only a process has.</summary>
    public static readonly string[] OfProcesses = [RunAsUser, AllowStdErr, "workingDirectory", "environment", "successExitCodes"];

    /// <summary>The members that a step which the agent does itself, and always continues, must not have.</summary>
    public static readonly string[] OfProcessesAndInterruptions = [.. OfProcesses, OnInterruption];

    /// <summary>A step type in a sentence.</summary>
    public static string WithArticle(string type) => (type[0] is 'i' or 'u' ? "an " : "a ") + type;

    /// <summary>Adds a fault for each unknown member of an input.</summary>
    public static void CheckInput(JsonElement input, string path, string type, string[] members, FaultList faults)
    {
        string known = members.Length == 0 ? "it has none" : $"its members are {string.Join(", ", members)}";
        foreach (JsonProperty member in input.EnumerateObject())
        {
            if (Array.IndexOf(members, member.Name) < 0 && !faults.IsFull)
            {
                string place = faults.Place(path, StatusText.Head(member.Name, DocumentChecker.MaxShown));
                faults.Add(place, $"{WithArticle(type)} has no such member; {known}", member.Value);
            }
        }
    }

    /// <summary>Adds a fault for each of some members that an action has.</summary>
    /// <param name="action">The action.</param>
    /// <param name="path">Its path.</param>
    /// <param name="members">The members that it must not have.</param>
    /// <param name="why">The reason and the fix for a member.</param>
    /// <param name="faults">Gets the faults.</param>
    public static void Refuse(JsonElement action, string path, string[] members, Func<string, string> why, FaultList faults)
    {
        foreach (string name in members)
        {
            if (DocumentMembers.TryGetSet(action, name, out JsonElement value))
            {
                faults.Add(faults.Place(path, name), why(name), value);
            }
        }
    }

    /// <summary>A string that must be there and not be empty.</summary>
    public static string? Text(JsonElement input, string path, string type, string name, string what, FaultList faults)
    {
        if (DocumentMembers.Text(input, path, name, faults) is { } text)
        {
            return text;
        }

        if (!input.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            faults.Add(faults.Place(path, name), $"missing; {WithArticle(type)} needs {what}", input);
        }
        else if (value.ValueKind == JsonValueKind.String && value.ValueEquals(""))
        {
            faults.Add(faults.Place(path, name), $"is empty; it must be {what}", value);
        }

        return null;
    }

    /// <summary>An absolute path without <c>.</c>, <c>..</c> and empty names, which must be there.</summary>
    public static string? Path(
        JsonElement input, string path, string type, string name, string what, FaultList faults, bool isDirectory = false)
    {
        string? text = Text(input, path, type, name, what, faults);
        if (text is not null && FindPathFault(text, isDirectory) is { } fault)
        {
            faults.Add(
                faults.Place(path, name), $"'{StatusText.Head(text, DocumentChecker.MaxShown)}' {fault}", input.GetProperty(name));
        }

        return text;
    }

    private static string? FindPathFault(string path, bool isDirectory)
    {
        if (!path.StartsWith('/'))
        {
            return "is not an absolute path; it must start with /";
        }

        if (path.EndsWith('/'))
        {
            return isDirectory ? "ends with '/'; remove it" : "names a directory; name a file in it";
        }

        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
        {
            return $"is longer than {MaxPathBytes} bytes";
        }

        foreach (string name in path[1..].Split('/'))
        {
            if (name is "" or "." or "..")
            {
                return "has a part that is empty, '.' or '..'; write it without";
            }

            if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
            {
                return $"has a name of more than {MaxNameBytes} bytes";
            }
        }

        return null;
    }
}
