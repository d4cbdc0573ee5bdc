using System.Linq;
using EdgeJobs.Generators.Emit.Slices;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits what a member means when it is absent, as a property of its own: the model still tells absent from present.</summary>
internal static class DefaultEmitter
{
    /// <summary>Emits <c>XOrDefault</c> of a model or a view.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="spec">The spec.</param>
    /// <param name="model">The object.</param>
    /// <param name="member">The member.</param>
    /// <param name="isView">A view has strings as slices, which no default can be.</param>
    public static void Emit(SourceWriter w, SpecHead spec, ObjectModel model, MemberModel member, bool isView)
    {
        if (member.DefaultText is not { } text || (isView && member.Type is StringRef) || Value(spec, model, member.Type, text) is not { } value)
        {
            return;
        }

        w.Line();
        w.Line("/// <summary><see cref=\"" + member.Name + "\"/>, or what its absence means: " + CSharp.Xml("`" + text.Replace("`", "'") + "`") + ".</summary>");
        ModelEmitter.Obsolete(w, member.IsDeprecated);
        w.Line("public " + (isView ? "readonly " : "") + TypeNames.Model(member.Type) + " " + member.Name + "OrDefault => " + member.Name + " ?? " + value + ";");
    }

    private static string? Value(SpecHead spec, ObjectModel model, TypeRef type, string text) => type switch
    {
        StringRef => CSharp.Literal(text),
        EnumRef or NumericEnumRef => Qualified(spec, model, TypeNames.Model(type)) + "." + text,
        IntegerRef { Format: IntegerFormat.Int32 } or BooleanRef => text,
        IntegerRef => text + "L",
        NumberRef => text + "D",
        _ => null,
    };

    /// <summary>The name of a type; in full where a member has the same name, as often.</summary>
    private static string Qualified(SpecHead spec, ObjectModel model, string type) =>
        model.Members.Any(m => m.Name == type) ? "global::" + spec.Namespace + "." + type : type;
}
