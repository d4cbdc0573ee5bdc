using System.Linq;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>
/// Keeps secrets (<c>format: password</c>) out of the text that the compiler generates for a record, so that a log line with the
/// whole message in it shows no private key.
/// </summary>
internal static class SecretEmitter
{
    private const string Mask = "***";

    public static bool IsSecret(MemberModel member) => member.Type is StringRef { IsSecret: true };

    /// <summary><c>ToString</c> for an object that has a secret; others keep the compiler's own.</summary>
    public static Code? ToText(ObjectModel model)
    {
        if (!model.Members.Any(IsSecret))
        {
            return null;
        }

        return $$$"""
            /// <summary>The members as text, with secrets masked.</summary>
            public override string ToString() => $"{{{model.Name}}} {{ {{{string.Join(", ", model.Members.Select(Shown))}}} }}";
            """;
    }

    private static string Shown(MemberModel member)
    {
        string value = !IsSecret(member) ? "{" + member.Name + "}"
            : member.IsRequired ? Mask
            : $$"""{({{member.Name}} is null ? string.Empty : "{{Mask}}")}""";
        return $"{member.Name} = {value}";
    }
}
