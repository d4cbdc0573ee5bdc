using System.Text.Json.Nodes;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>The settings of a board that is attacked. All boards have trusted keys.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Policy">Its execution policy, given the directory that it may write to; null for none.</param>
internal sealed record AttackBoard(string Name, Func<string, JsonObject?> Policy)
{
    public static readonly AttackBoard Open = new("no policy", _ => null);
    public static readonly AttackBoard Limited = new(
        "targetRoots, urlHosts",
        root => new JsonObject { ["targetRoots"] = new JsonArray(root), ["urlHosts"] = new JsonArray("127.0.0.1") });

    public static readonly AttackBoard Plain = new("allowHttp", _ => new JsonObject { ["allowHttp"] = true });
    public static readonly AttackBoard Signed = new("requireSignatures", _ => new JsonObject { ["requireSignatures"] = true });
    public static readonly AttackBoard Listed = new(
        "commands", root => new JsonObject { ["commands"] = new JsonArray("/usr/bin/true"), ["targetRoots"] = new JsonArray(root) });

    /// <summary>All boards.</summary>
    public static IReadOnlyList<AttackBoard> All => [Open, Limited, Plain, Signed, Listed];

    /// <summary>The name of the thing.</summary>
    public string Thing => "board-" + Name.Split([' ', ','])[0];
}
