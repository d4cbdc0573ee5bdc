using System.Globalization;
using System.Text;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>The table of attacks in the documentation, between two comments.</summary>
internal static class AttackPage
{
    private const string Start = "<!-- attacks: written by AttackTests -->\n";
    private const string End = "<!-- end of attacks -->\n";

    public static string Path => Repository.PathOf("docs", "design", "security.md");

    /// <summary>The page with the table of today.</summary>
    public static string Write(string page)
    {
        int start = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        StringBuilder table = new();
        foreach (IGrouping<string, Attack> step in Attack.All.GroupBy(attack => attack.Step))
        {
            table.Append(CultureInfo.InvariantCulture, $"\n### Attacks: {step.Key}\n\n| attack | board | answer |\n|---|---|---|\n");
            foreach (Attack attack in step)
            {
                string answer = attack.HasNoEffect
                    ? "SUCCEEDED, without effect on other files"
                    : attack.Answer.Split(' ', 2) is [var status, var reason] ? $"{status}: {Code(reason)}" : attack.Answer;
                table.Append(CultureInfo.InvariantCulture, $"| {attack.Name} | {attack.Board.Name} | {answer} |\n");
            }
        }

        return $"{page[..start]}{table}\n{page[end..]}";
    }

    private static string Code(string text) =>
        $"`{text.Replace('`', '\'').Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "…", StringComparison.Ordinal)}`";
}
