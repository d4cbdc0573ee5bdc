using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>
/// Emits a choice of values: an abstract record, a nested record around each alternative, and one more record for objects that this build
/// does not know.
/// </summary>
internal static class ChoiceEmitter
{
    private const string UnknownSummary = "it can be inspected, and is written back unchanged.";

    private const string UnknownJson =
        "The whole value. If read from a payload, it is a slice of it, valid as long as the payload is not modified.";

    public static string Emit(SpecHead spec, ChoiceModel model)
    {
        (string name, string unknown) = (model.Name, "Unknown" + model.Name);
        string collections = model.Alternatives.Any(a => TypeNames.HoldsMap(a.Value.Type)) ? "System.Collections.Generic" : "";
        string[] usings =
        [
            "EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", collections, "System.Diagnostics.CodeAnalysis", "System.Text.Json",
        ];
        bool isCorrelated = model.CorrelationMember.Length > 0;
        string contract = isCorrelated ? "ICorrelatedMessage" : "IMessage";
        return SourceFile.Write(spec, usings, $$"""
            {{Documentation.Summary(Or(model.Description, $"The choice {name}."))}}
            /// <remarks>
            /// One of {{string.Join(", ", model.Alternatives.Select(a => $"<see cref=\"{Record(a)}\"/>"))}},
            /// or an <see cref="{{unknown}}"/> when this build does not know it.
            /// {{Documentation.Xml(HowFound(model))}}
            /// </remarks>
            {{SourceFile.GeneratedCode}}
            {{ModelEmitter.Obsolete(model.IsDeprecated)}}
            public abstract partial record {{name}} : {{contract}}<{{name}}>
            {
                private protected {{name}}()
                {
                }

                {{(isCorrelated ? CorrelationMember(model) : null)}}

                {{ModelEmitter.TryRead(name)}}

                {{ModelEmitter.CanRead(name)}}

                /// <inheritdoc/>
                public abstract void WriteTo(Utf8JsonWriter writer);

                {{(isCorrelated ? WriteCorrelated("abstract ", ";") : null)}}

                /// <inheritdoc/>
                public abstract bool TryValidate(out ConstraintViolation violation);

                {{Code.Blocks(Conversions(model))}}

                {{Code.Blocks(model.Alternatives.Select(a => Alternative(model, a)))}}
            }

            {{Unknown(model, unknown)}}
            """);
    }

    /// <summary>How a reader finds the alternative, for the documentation.</summary>
    public static string HowFound(ChoiceModel model)
    {
        ChoiceAlternative[] objects = model.Alternatives.Where(a => (a.Kinds & ValueKinds.Object) != 0).ToArray();
        bool isByKind = model.Alternatives.Count > objects.Length && objects.Length > 0;
        string kind = isByKind ? "The JSON type of the value distinguishes objects from the others. " : "";
        if (!ChoiceViewEmitter.NeedsSearch(model))
        {
            return model.Discriminator.Length > 0
                ? $"{kind}The member `{model.Discriminator}` distinguishes the objects."
                : "The JSON type of the value distinguishes them.";
        }

        string search = model.IsRecursive
            ? "An object is the alternative whose required members it has, and that knows most of its members; the first one if several do."
            : "A value is the alternative that can read it, whose limits it satisfies, and that knows most of its members; the first one "
                + "if several do.";
        return model.Discriminator.Length > 0
            ? $"{kind}The member `{model.Discriminator}` distinguishes the objects. Otherwise: {search}"
            : kind + search;
    }

    /// <summary>The name of the record around an alternative.</summary>
    public static string Record(ChoiceAlternative alternative) => "Of" + alternative.Name;

    private static Code CorrelationMember(ChoiceModel model) => $"""
        /// <inheritdoc/>
        public static ReadOnlySpan<byte> CorrelationMember => {Literal(model.CorrelationMember)}u8;
        """;

    private static Code WriteCorrelated(string modifier, string body) => $"""
        /// <inheritdoc/>
        public {modifier}void WriteTo(Utf8JsonWriter writer, ReadOnlySpan<byte> correlationToken){body}
        """;

    /// <summary>Conversions from objects: a generated record is an alternative of one kind only.</summary>
    private static IEnumerable<Code> Conversions(ChoiceModel model)
    {
        IEnumerable<IGrouping<string, ChoiceAlternative>> types = model.Alternatives
            .Where(a => a.Value.Type is ObjectRef or UnionRef)
            .GroupBy(a => TypeNames.Model(a.Value.Type));
        foreach (ChoiceAlternative alternative in types.Where(t => t.Count() == 1).Select(t => t.First()))
        {
            string type = TypeNames.Model(alternative.Value.Type);
            yield return $"""
                /// <summary>Wraps an alternative.</summary>
                public static implicit operator {model.Name}({type} value) => new {Record(alternative)}(value);
                """;
        }
    }

    private static Code Alternative(ChoiceModel model, ChoiceAlternative alternative)
    {
        MemberModel value = alternative.Value;
        string limits = Join(" ", "The value.", RuleText.Documentation(value.Type), RuleText.Remarks(value.Type, ""));
        string what = model.CorrelationMember.Length > 0
            ? WriteCorrelated("override ", $" => {value.Name}.WriteTo(writer, correlationToken);").ToString()
            : "";
        return $$"""
            {{Documentation.Summary(Or(value.Description, $"The alternative {alternative.Name}."))}}
            /// <param name="Value">{{Documentation.Xml(limits)}}</param>
            public sealed record {{Record(alternative)}}({{TypeNames.Model(value.Type)}} Value) : {{model.Name}}
            {
                {{ModelEmitter.UnknownText(value)}}

                /// <inheritdoc/>
                public override void WriteTo(Utf8JsonWriter writer)
                {
                    {{ValueEmitter.WriteJson(value)}}
                }

                {{what}}

                {{ValidationEmitter.TryValidate(ValueEmitter.Shell(Record(alternative), value), isOverride: true)}}

                {{SecretEmitter.ToText(ValueEmitter.Shell(Record(alternative), value))}}
            }
            """;
    }

    private static Code Unknown(ChoiceModel model, string unknown)
    {
        string kinds = ChoiceViewEmitter.Kinds(model);
        string correlated = model.CorrelationMember.Length > 0 ? WriteCorrelated("override ", " => WriteTo(writer);").ToString() : "";
        return $$"""
            /// <summary>A <see cref="{{model.Name}}"/> that this build does not know: {{UnknownSummary}}</summary>
            /// <param name="Json">{{UnknownJson}}</param>
            {{SourceFile.GeneratedCode}}
            public sealed partial record {{unknown}}(RawJson Json) : {{model.Name}}
            {
                /// <inheritdoc/>
                public override void WriteTo(Utf8JsonWriter writer) => writer.WriteRawValue(Json.Utf8.Span, skipInputValidation: true);

                {{correlated}}

                /// <inheritdoc/>
                public override bool TryValidate(out ConstraintViolation violation)
                {
                    bool isValue = Json.Is({{kinds}});
                    violation = isValue ? default : new ConstraintViolation("", "must be one JSON value of a type that the spec allows");
                    return isValue;
                }
            }
            """;
    }
}
