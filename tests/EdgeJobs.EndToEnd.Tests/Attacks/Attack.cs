using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>One row of the table: what is changed in a step that succeeds otherwise, and how the agent answers.</summary>
/// <param name="Step">The type of the step.</param>
/// <param name="Name">The attack.</param>
/// <param name="Board">The settings of the board.</param>
/// <param name="Answer">
/// The status, and the reason with the names of <see cref="AttackSite.Redact"/>; '*' is any text. SUCCEEDED if the attack has no effect.
/// </param>
/// <param name="Change">Prepares the board and changes the input of the step.</param>
internal sealed record Attack(string Step, string Name, AttackBoard Board, string Answer, Action<AttackSite, JsonObject> Change)
{
    /// <summary>Whether the attacker changes what he may write himself; the test then watches the other files only.</summary>
    public bool ChangesOwnFiles { get; init; }

    /// <summary>What is written into the action beside the input.</summary>
    public (string Name, JsonNode Value)? Member { get; init; }

    /// <summary>All rows.</summary>
    public static IReadOnlyList<Attack> All { get; } =
        [.. DownloadAttacks.Rows, .. SignatureAttacks.Rows, .. UrlAttacks.Rows, .. InstallAttacks.Rows, .. AgentAttacks.Rows];

    /// <summary>The name of the row in a test report.</summary>
    public string Id => $"{Step}: {Name}";

    /// <summary>Whether the step succeeds, and the attack changes nothing.</summary>
    public bool HasNoEffect => Answer == "SUCCEEDED";

    /// <summary>Whether this is the expected answer.</summary>
    public bool Expects(string answer) => Regex.IsMatch(answer, $"^{string.Join(".*", Answer.Split('*').Select(Regex.Escape))}$");
}
