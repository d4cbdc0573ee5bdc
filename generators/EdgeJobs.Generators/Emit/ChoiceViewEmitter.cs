using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the view of a choice of values, which knows the alternative and reads it on request.</summary>
internal static class ChoiceViewEmitter
{
    private static readonly ValueKinds[] SingleKinds =
    {
        ValueKinds.Object, ValueKinds.Array, ValueKinds.String, ValueKinds.Number, ValueKinds.Boolean,
    };

    public static string Emit(SpecHead spec, ChoiceModel model)
    {
        (string name, string view, string alternative) = (model.Name, model.Name + "View", model.Name + "Alternative");
        string collections = model.Alternatives.Any(a => TypeNames.HoldsMap(a.Value.Type)) ? "System.Collections.Generic" : "";
        string read = AllKinds(model) == ValueKinds.Object ? "TryRead" : "TryReadValue";
        return SourceFile.Write(spec, ["EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", collections, "System.Text.Json"], $$"""
            /// <summary>The alternatives of <see cref="{{name}}"/>.</summary>
            {{SourceFile.GeneratedCode}}
            public enum {{alternative}}
            {
                /// <summary>An alternative that this build does not know.</summary>
                Unknown = 0,

                {{Code.Blocks(model.Alternatives.Select(a => EnumMember(model, a)))}}
            }

            {{ViewEmitter.Summary(name)}}
            {{SourceFile.GeneratedCode}}
            public ref struct {{view}} : IJsonView<{{view}}>
            {
                /// <summary>True when the value is present.</summary>
                public bool HasValue { get; private set; }

                /// <summary>The alternative that the value is.</summary>
                public {{alternative}} Alternative { get; private set; }

                /// <summary>The whole value as it was received.</summary>
                public JsonValue Raw { get; private set; }

                /// <summary>Reads a payload.</summary>
                /// <param name="utf8Json">One JSON value in UTF-8.</param>
                /// <param name="view">Slices of <paramref name="utf8Json"/>.</param>
                /// <param name="error">The error if the result is false.</param>
                public static bool TryRead(ReadOnlySpan<byte> utf8Json, out {{view}} view, out CodecError error) =>
                    MessageReader.{{read}}(utf8Json, out view, out error);

                {{ReadValue(model, view, alternative)}}

                {{Code.Blocks(model.Alternatives.Select(a => AlternativeEmitter.TryGet(
                    "the value as the alternative " + a.Name, a.Name, TypeNames.View(a.Value.Type), alternative + "." + EnumName(a))))}}

                {{AlternativeEmitter.ToModel(name, model.Alternatives.Select(a => AlternativeEmitter.ToModelCase(
                    a.Name, TypeNames.View(a.Value.Type), alternative + "." + EnumName(a), New(model, a, AlternativeEmitter.Local(a.Name)))))}}

                {{Find(model, alternative)}}

                {{Code.Blocks(Groups(model).Where(g => !IsDecided(model, g)).Select(g => Search(model, g, alternative)))}}

                {{Code.Blocks(model.Alternatives.SelectMany(a => ViewEmitter.Conversions(a.Value.Type, "To" + a.Name)))}}
            }
            """);
    }

    /// <summary>The JSON types that the choice may have, as an expression.</summary>
    public static string Kinds(ChoiceModel model) => Kinds(AllKinds(model));

    /// <summary>The JSON types that the choice may have, in words.</summary>
    public static string Expected(ChoiceModel model) =>
        string.Join(" or ", model.Alternatives.Select(a => RuleText.Kinds(a.Value.Type)).Distinct());

    /// <summary>True if alternatives are found by trying them.</summary>
    public static bool NeedsSearch(ChoiceModel model) => Groups(model).Any(g => !IsDecided(model, g));

    private static ValueKinds AllKinds(ChoiceModel model) => model.Alternatives.Aggregate(ValueKinds.None, (all, a) => all | a.Kinds);

    private static string Kinds(ValueKinds kinds) =>
        string.Join(" | ", SingleKinds.Where(k => (kinds & k) != 0).Select(k => "JsonKinds." + k));

    /// <summary>The alternatives of each JSON type.</summary>
    private static IEnumerable<(ValueKinds Kind, List<ChoiceAlternative> Alternatives)> Groups(ChoiceModel model) => SingleKinds
        .Select(k => (k, model.Alternatives.Where(a => (a.Kinds & k) != 0).ToList()))
        .Where(g => g.Item2.Count > 0);

    /// <summary>True if the JSON type, or the discriminator of objects, determines the alternative.</summary>
    private static bool IsDecided(ChoiceModel model, (ValueKinds Kind, List<ChoiceAlternative> Alternatives) group) =>
        group.Alternatives.Count == 1 || (group.Kind == ValueKinds.Object && model.Discriminator.Length > 0);

    private static Code EnumMember(ChoiceModel model, ChoiceAlternative alternative) => $"""
        /// <summary>A <see cref="{model.Name}.{ChoiceEmitter.Record(alternative)}"/>.</summary>
        {EnumName(alternative)},
        """;

    private static string EnumName(ChoiceAlternative alternative) => alternative.Name == "Unknown" ? "UnknownValue" : alternative.Name;

    private static Code ReadValue(ChoiceModel model, string view, string alternative)
    {
        return $$"""
            /// <inheritdoc/>
            public static bool TryRead({{ViewEmitter.ReaderParameters}}, out {{view}} view, scoped ref CodecError error)
            {
                view = default;
                Utf8JsonReader ahead = reader;
                JsonValue.TryRead(ref ahead, source, member, out JsonValue raw, ref error);
                if (!raw.Is({{Kinds(model)}}, member, source, ref error))
                {
                    return false;
                }

                {{alternative}} found = Find(raw);
                bool read = found switch
                {
                    {{model.Alternatives.Select(ReadCase)}}
                    _ => JsonValue.TryRead(ref reader, source, member, out _, ref error),
                };
                if (!read)
                {
                    return false;
                }

                view.HasValue = true;
                view.Alternative = found;
                view.Raw = raw;
                return true;
            }
            """;

        string ReadCase(ChoiceAlternative a)
        {
            TypeRef type = a.Value.Type;
            string local = Camel(a.Name).TrimStart('@') + "Value";
            string result = HasKinds(type) ? "JsonValue " + local : "_";
            string kinds = HasKinds(type) ? $" && {local}.Is({TypeNames.Kinds(type)}, member, source, ref error)" : "";
            string read = $"{TypeNames.View(type)}.TryRead(ref reader, source, member, out {result}, ref error)";
            return $"{alternative}.{EnumName(a)} => {read}{kinds},";
        }
    }

    /// <summary>True for a value of several JSON types, which the view does not check itself.</summary>
    private static bool HasKinds(TypeRef type) => type is AnyTypeRef { Alternatives.Count: > 0 };

    /// <summary>The record around an alternative, from its view.</summary>
    private static string New(ChoiceModel model, ChoiceAlternative a, string view)
    {
        string value = a.Value.Type is ArrayRef or MapRef ? $"To{a.Name}({view}, source)" : ViewEmitter.Converted(a.Value.Type, view, "");
        return $"new {model.Name}.{ChoiceEmitter.Record(a)}({value}){ValueEmitter.KeepUnknown(a.Value, view)}";
    }

    private static Code Find(ChoiceModel model, string alternative)
    {
        return $$"""
            private static {{alternative}} Find(JsonValue raw)
            {
                switch (raw.Kind)
                {
                    {{Groups(model).Select(Case)}}
                    default:
                        return {{alternative}}.Unknown;
                }
            }
            """;

        Code Case((ValueKinds Kind, List<ChoiceAlternative> Alternatives) group)
        {
            if (group.Alternatives.Count == 1)
            {
                return $"""
                    case JsonKinds.{group.Kind.ToString()}:
                        return {alternative}.{EnumName(group.Alternatives[0])};
                    """;
            }

            return IsDecided(model, group) ? ByDiscriminator(model, group.Alternatives, alternative) : $"""
                case JsonKinds.{group.Kind.ToString()}:
                    return Find{group.Kind.ToString()}(raw.Utf8);
                """;
        }
    }

    private static Code ByDiscriminator(ChoiceModel model, List<ChoiceAlternative> alternatives, string alternative)
    {
        return $$"""
            case JsonKinds.Object:
                JsonValue member = ChoiceReader.Member(raw.Utf8, {{Literal(model.Discriminator)}}u8);
                return {{alternatives.Select(Test)}}
                    : {{alternative}}.Unknown;
            """;

        string Test(ChoiceAlternative a, int index)
        {
            ChoiceConstant constant = a.Constant!;
            string test = constant.Kind switch
            {
                ValueKinds.String => $"ChoiceReader.IsText(member, {Literal(constant.Text)}u8)",
                ValueKinds.Number => $"ChoiceReader.IsNumber(member, {constant.Text}D)",
                _ => $"ChoiceReader.IsBoolean(member, {constant.Text})",
            };
            return (index == 0 ? "" : "    : ") + $"{test} ? {alternative}.{EnumName(a)}";
        }
    }

    private static Code Search(ChoiceModel model, (ValueKinds Kind, List<ChoiceAlternative> Alternatives) group, string alternative)
    {
        Code[] attempts = group.Alternatives.Select(Attempt).ToArray();
        bool isCopied = attempts.Any(a => a.ToString().Contains("source)"));
        return $$"""
            private static {{alternative}} Find{{group.Kind.ToString()}}(ReadOnlySpan<byte> utf8Json)
            {
                {{(isCopied ? "ReadOnlyMemory<byte> source = default;" : "")}}
                {{alternative}} found = {{alternative}}.Unknown;
                int best = 0;
                {{attempts}}
                return found;
            }
            """;

        Code Attempt(ChoiceAlternative a)
        {
            string local = Camel(a.Name).TrimStart('@');
            TypeRef type = a.Value.Type;
            string members = group.Kind == ValueKinds.Object ? Names(a.Members) : "default";
            Code take = $$"""
                if ({{local}}Rank > best)
                {
                    (found, best) = ({{alternative}}.{{EnumName(a)}}, {{local}}Rank);
                }
                """;
            if (model.IsRecursive && group.Kind == ValueKinds.Object)
            {
                return $"""
                    int {local}Rank = ChoiceReader.RankByMembers(utf8Json, {members}, {Names(a.Required)});
                    {take}

                    """;
            }

            string kinds = HasKinds(type) ? $" && ({local}View.Kind & ({TypeNames.Kinds(type)})) != 0" : "";
            string isValid = $"{New(model, a, local + "View")}.TryValidate(out _)";
            return $$"""
                if (MessageReader.TryReadAgain(utf8Json, out {{TypeNames.View(type)}} {{local}}View){{kinds}})
                {
                    int {{local}}Rank = ChoiceReader.Rank({{isValid}}, utf8Json, {{members}});
                    {{take}}
                }

                """;
        }
    }

    /// <summary>Names with a NUL after each, as a UTF-8 literal.</summary>
    public static string Names(EquatableArray<string> names) =>
        names.Count == 0 ? "default" : Literal(string.Concat(names.Where(n => n.IndexOf('\0') < 0).Select(n => n + "\0"))) + "u8";
}
