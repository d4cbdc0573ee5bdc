using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the shapes of job documents, which find every fault of a document.</summary>
/// <param name="types">The types that documents are made of.</param>
internal sealed class ShapeEmitter(IEnumerable<TypeModel> types)
{
    /// <summary>The name of the field with the shape of a type.</summary>
    public static string FieldOf(string type) => type + JobOperationModel.ShapeSuffix;

    /// <summary>The field with the shape of an object, a union, or a choice, of which only the JSON type is checked.</summary>
    public Code Field(TypeModel type) => type is ChoiceModel choice ? $$"""
        private static readonly DocumentShape {{FieldOf(type.Name)}} = new()
        {
            Kinds = {{ChoiceViewEmitter.Kinds(choice)}},
            Expected = {{Literal(ChoiceViewEmitter.Expected(choice))}},
        };
        """ : (Code)$$"""
        private static readonly DocumentShape {{FieldOf(type.Name)}} = new()
        {
            Kinds = JsonKinds.Object,
            Expected = "an object",
            {{(type is UnionModel union ? Alternatives(union) : Members((ObjectModel)type))}}
        };
        """;

    /// <summary>An alternative may hold its own union: its shape is looked up when a document is checked.</summary>
    private static Code Alternatives(UnionModel union) => $$"""
        Discriminator = {{Literal(union.Discriminator.JsonName)}},
        Alternatives = new Dictionary<string, Func<DocumentShape>>
        {
            {{union.Alternatives.Select(a => $"[{Literal(a.Wire)}] = static () => {FieldOf(a.Type)},")}}
        },
        """;

    private Code Members(ObjectModel model) => $"""
        Members =
        [
            {model.Members.Where(m => m.Type is not RestRef).Select(Member)}
        ],
        """;

    private Code Member(MemberModel member) =>
        $"new({Literal(member.JsonName)}, isRequired: {RuleText.Flag(member.IsAlwaysSet)}, {Shape(member.Type)}),";

    private Code Shape(TypeRef type) => type switch
    {
        ObjectRef o => $"{FieldOf(o.Name)}",
        UnionRef u => $"{FieldOf(u.Name)}",
        _ => $$"""
            new DocumentShape
            {
                Kinds = {{TypeNames.Kinds(type)}},
                Expected = {{Literal(RuleText.Kinds(type))}},
                {{(type is AnyTypeRef any ? any.Alternatives.Select(Limits) : [Limits(type)])}}
            }
            """,
    };

    private Code? Limits(TypeRef type)
    {
        switch (type)
        {
            case NullableRef n:
                return Limits(n.Value);
            case StringRef s:
                return Text(s.Rule);
            case EnumRef e:
                string[] values = types.OfType<EnumModel>().First(m => m.Name == e.Name).Values.Select(v => v.Wire).ToArray();
                return Text(StringRule.None with { AlsoAllowed = new EquatableArray<string>(values), IsClosed = true });
            case IntegerRef i:
                return $"""
                    IsWhole = true,
                    {Predicate("IsInteger", "number", ValidationEmitter.IntegerViolation(i.Rule, "number"), RuleText.Number(i.Rule))}
                    """;
            case NumericEnumRef e:
                string[] numbers = types.OfType<NumericEnumModel>()
                    .First(m => m.Name == e.Name).Values.Select(v => Number(v.Wire)).ToArray();
                return $"""
                    IsWhole = true,
                    {Listed("IsInteger", "number", numbers, "one of " + string.Join(", ", numbers))}
                    """;
            case BooleanRef { Constant: { } constant }:
                return $"IsBoolean = {RuleText.Flag(constant)},";
            case NumberRef n:
                return Predicate("IsNumber", "number", ValidationEmitter.NumberViolation(n.Rule, "number"), RuleText.Number(n.Rule));
            case RawObjectRef { MaxBytes: >= 0 } r:
                return $"MaxBytes = {r.MaxBytes},";
            case ArrayRef a:
                return $"""
                    {Counts(a.MinItems, a.MaxItems, "elements")}
                    Items = {Shape(a.Element)},
                    """;
            case MapRef m:
                return $"""
                    {Counts(m.MinProperties, m.MaxProperties, "entries")}
                    Names = {Shape(new StringRef(m.Key))},
                    Items = {Shape(m.Value)},
                    """;
            default:
                return null;
        }
    }

    private static Code? Text(StringRule rule) => rule.IsClosed
        ? Listed("IsText", "text", rule.AlsoAllowed.Select(Literal), RuleText.Text(rule))
        : Predicate("IsText", "text", ValidationEmitter.StringViolation(rule, "text"), RuleText.Text(rule));

    private static Code Listed(string name, string value, IEnumerable<string> values, string limits) => $"""
        {name} = static {value} => {value} is {string.Join(" or ", values)},
        IsListed = true,
        Limits = {Literal(limits.Replace("`", ""))},
        """;

    private static Code? Predicate(string name, string value, string violation, string limits)
    {
        if (violation.Length == 0)
        {
            return null;
        }

        return $"""
            {name} = static {value} => !({violation}),
            Limits = {Literal(limits.Replace("`", ""))},
            """;
    }

    private static Code? Counts(int minimum, int maximum, string unit)
    {
        if (minimum <= 0 && maximum < 0)
        {
            return null;
        }

        return $"""
            {(minimum > 0 ? $"MinCount = {Number(minimum)}," : "")}
            {(maximum >= 0 ? $"MaxCount = {Number(maximum)}," : "")}
            Counts = {Literal(RuleText.Count(minimum, maximum, unit))},
            """;
    }
}
