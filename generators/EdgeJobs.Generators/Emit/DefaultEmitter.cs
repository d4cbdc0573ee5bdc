using System.Linq;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>
/// Emits the default of an absent member as a separate property, so that the model still distinguishes absent from present.
/// </summary>
internal static class DefaultEmitter
{
    /// <summary><c>XOrDefault</c> of a model or a view, or null when the member has no default that code can use.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="model">The object.</param>
    /// <param name="member">The member.</param>
    /// <param name="isView">A view has strings as slices, which no default can be.</param>
    public static Code? Emit(SpecHead spec, ObjectModel model, MemberModel member, bool isView)
    {
        if (member.DefaultText is not { } text
            || (isView && member.Type is StringRef)
            || Value(spec, model, member.Type, text) is not { } value)
        {
            return null;
        }

        (string modifier, string name) = (isView ? "readonly " : "", member.Name);
        return $"""
            /// <summary><see cref="{name}"/>, or its default: {Documentation.Xml("`" + text.Replace("`", "'") + "`")}.</summary>
            {ModelEmitter.Obsolete(member.IsDeprecated)}
            public {modifier}{TypeNames.Model(member.Type)} {name}OrDefault => {name} ?? {value};
            """;
    }

    private static string? Value(SpecHead spec, ObjectModel model, TypeRef type, string text) => type switch
    {
        StringRef => Literal(text),
        EnumRef or NumericEnumRef => Qualified(spec, model, TypeNames.Model(type)) + "." + text,
        IntegerRef { Format: IntegerFormat.Int32 } or BooleanRef => text,
        IntegerRef { Format: IntegerFormat.UInt64 } => text + "UL",
        IntegerRef => text + "L",
        NumberRef => text + "D",
        _ => null,
    };

    /// <summary>The name of a type; the full name if a member has the same name, as is common.</summary>
    private static string Qualified(SpecHead spec, ObjectModel model, string type) =>
        model.Members.Any(m => m.Name == type) ? $"global::{spec.Namespace}.{type}" : type;
}
