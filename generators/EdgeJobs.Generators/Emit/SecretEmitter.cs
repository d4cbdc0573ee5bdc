using System.Linq;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>
/// Keeps secrets (<c>format: password</c>) out of the text that C# makes of a record by itself, so that a log line with the
/// whole message in it tells no private key.
/// </summary>
internal static class SecretEmitter
{
    private const string Mask = "***";

    /// <summary>Whether a member is a secret.</summary>
    public static bool IsSecret(MemberModel member) => member.Type is StringRef { IsSecret: true };

    /// <summary>Writes <c>ToString</c> for an object that has a secret; others keep the compiler's own.</summary>
    public static void EmitText(SourceWriter w, ObjectModel model)
    {
        if (!model.Members.Any(IsSecret))
        {
            return;
        }

        string members = string.Join(", ", model.Members.Select(m => m.Name + " = " + Shown(m)));
        w.Line();
        CSharp.Summary(w, "The members as text; of a secret it tells only whether there is one.");
        w.Line("public override string ToString() => $\"" + model.Name + " {{ " + members + " }}\";");
    }

    private static string Shown(MemberModel member) => !IsSecret(member) ? "{" + member.Name + "}"
        : member.IsRequired ? Mask
        : "{(" + member.Name + " is null ? string.Empty : \"" + Mask + "\")}";
}
