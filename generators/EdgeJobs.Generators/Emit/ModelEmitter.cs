using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the model of an object: an immutable record that is read from a view and writes itself as JSON.</summary>
internal static class ModelEmitter
{
    public static string Emit(SpecHead spec, ObjectModel model)
    {
        MemberModel? correlation = model.CorrelationMember < 0 ? null : model.Members[model.CorrelationMember];
        string contract = correlation is null ? "IMessage" : "ICorrelatedMessage";
        string parent = model.Union is null ? "" : model.Union.Name + ", ";
        string collections = model.Members.Any(m => TypeNames.HoldsMap(m.Type)) ? "System.Collections.Generic" : "";
        string[] usings =
        [
            "EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", collections, "System.Diagnostics", "System.Diagnostics.CodeAnalysis",
            "System.Text.Json",
        ];
        return SourceFile.Write(spec, usings, $$"""
            {{Documentation.Summary(Or(model.Description, $"The object {model.Name}."))}}
            {{Documentation.Examples(model.Examples)}}
            {{SourceFile.GeneratedCode}}
            [DebuggerDisplay({{Literal(DebuggerDisplay(model))}})]
            {{Obsolete(model.IsDeprecated)}}
            public sealed partial record {{model.Name}} : {{parent}}{{contract}}<{{model.Name}}>
            {
                {{Discriminator(model.Union)}}

                {{CorrelationMember(correlation)}}

                {{Code.Blocks(model.Members.Select(m => Property(spec, model, m)))}}

                {{TryRead(model.Name)}}

                {{CanRead(model.Name, model.Union is null ? "" : "new ")}}

                {{WriteTo(model, correlation)}}

                {{ValidationEmitter.TryValidate(model, isOverride: model.Union is not null)}}

                {{SecretEmitter.ToText(model)}}
            }
            """);
    }

    public static string Obsolete(bool isDeprecated) => isDeprecated ? "[Obsolete(\"Deprecated in the spec.\")]" : "";

    /// <summary>The method that reads a payload into a model.</summary>
    public static Code TryRead(string name) => $$"""
        /// <inheritdoc/>
        public static bool TryRead(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out {{name}}? value, out CodecError error)
        {
            bool read = {{name}}View.TryRead(utf8Json.Span, out {{name}}View view, out error);
            value = read ? view.ToModel(utf8Json) : null;
            return read;
        }
        """;

    /// <summary>The method that checks whether a payload can be read.</summary>
    public static Code CanRead(string name, string modifier = "")
    {
        string read = $"{name}View.TryRead(utf8Json, out _, out error)";
        return $"""
            /// <inheritdoc/>
            public static {modifier}bool CanRead(ReadOnlySpan<byte> utf8Json, out CodecError error) => {read};
            """;
    }

    private static Code? Discriminator(UnionBase? union)
    {
        if (union is null)
        {
            return null;
        }

        return $"""
            /// <inheritdoc/>
            public override string {union.Discriminator.Name} => {Literal(union.Wire)};
            """;
    }

    private static Code? CorrelationMember(MemberModel? correlation)
    {
        if (correlation is null)
        {
            return null;
        }

        return $"""
            /// <inheritdoc/>
            public static ReadOnlySpan<byte> CorrelationMember => {Literal(correlation.JsonName)}u8;
            """;
    }

    private static Code Property(SpecHead spec, ObjectModel model, MemberModel member)
    {
        string limits = Join(
            " ",
            member.IsNullable ? "May be null." : "",
            RuleText.Documentation(member.Type),
            RuleText.Remarks(member.Type, member.Description),
            member.Default.Length == 0 ? "" : $"Absent means `{member.Default}`.");
        string browsable = SecretEmitter.IsSecret(member) ? "[DebuggerBrowsable(DebuggerBrowsableState.Never)]" : "";
        string required = member.IsRequired ? "required " : "";

        // The compiler expects that all constructors are obsolete then.
        bool isBoth = member.IsRequired && member.IsDeprecated;
        return $$"""
            {{(isBoth ? "#pragma warning disable CS9042" : "")}}
            {{Documentation.Summary(Or(member.Description, $"The member `{member.JsonName}`."), limits)}}
            {{Documentation.Examples(member.Examples)}}
            {{Obsolete(member.IsDeprecated)}}
            {{browsable}}
            public {{required}}{{TypeNames.Property(member)}} {{member.Name}} { get; init; }
            {{(isBoth ? "#pragma warning restore CS9042" : "")}}

            {{UnknownText(member)}}

            {{DefaultEmitter.Emit(spec, model, member, isView: false)}}
            """;
    }

    /// <summary>The member that keeps the text of a value that this build does not know.</summary>
    public static Code? UnknownText(MemberModel member) => member.Type is not EnumRef ? null : (Code)$$"""
        /// <summary>The text of <see cref="{{member.Name}}"/> if it was read and is unknown: it is written back.</summary>
        internal string? {{UnknownName(member)}} { get; init; }
        """;

    /// <summary>The name of the member that keeps the text of an unknown value. No member of a spec begins like it.</summary>
    public static string UnknownName(MemberModel member) => "_unknown" + member.Name;

    /// <summary>
    /// What a debugger shows of an object: at most three members; ids and names first, then required ones, then the others.
    /// </summary>
    private static string DebuggerDisplay(ObjectModel model)
    {
        IEnumerable<string> shown = model.Members
            .Where(m => TypeNames.IsScalar(m.Type) || m.Type is StringRef { IsSecret: false } or EnumRef)
            .OrderBy(m => IsIdentifying(m.Name) ? 0 : m.IsRequired ? 1 : 2)
            .Take(3)
            .Select(m => m.Name + " = {" + m.Name + "}");
        return Or(string.Join(", ", shown), "{ToString(),nq}");
    }

    private static bool IsIdentifying(string name) =>
        name.EndsWith("Id", StringComparison.Ordinal)
            || name.EndsWith("Name", StringComparison.Ordinal)
            || name is "Key" or "Code" or "Status";

    private static Code WriteTo(ObjectModel model, MemberModel? correlation)
    {
        string modifier = model.Union is null ? "" : "override ";
        if (correlation is null)
        {
            return $$"""
                /// <inheritdoc/>
                public {{modifier}}void WriteTo(Utf8JsonWriter writer)
                {
                    writer.WriteStartObject();
                    {{WriteDiscriminator(model.Union)}}
                    {{model.Members.Select(WriteMember)}}
                    writer.WriteEndObject();
                }
                """;
        }

        return $$"""
            /// <inheritdoc/>
            public {{modifier}}void WriteTo(Utf8JsonWriter writer)
            {
                writer.WriteStartObject();
                {{WriteDiscriminator(model.Union)}}
                {{WriteMember(correlation)}}
                WriteMembersTo(writer);
                writer.WriteEndObject();
            }

            /// <inheritdoc/>
            public void WriteTo(Utf8JsonWriter writer, ReadOnlySpan<byte> correlationToken)
            {
                writer.WriteStartObject();
                {{WriteDiscriminator(model.Union)}}
                writer.WriteString(CorrelationMember, correlationToken);
                WriteMembersTo(writer);
                writer.WriteEndObject();
            }

            private void WriteMembersTo(Utf8JsonWriter writer)
            {
                {{model.Members.Where(m => m != correlation).Select(WriteMember)}}
            }
            """;
    }

    /// <summary>The discriminator comes first, so that a reader finds it at once.</summary>
    private static string WriteDiscriminator(UnionBase? union) =>
        union is null ? "" : $"writer.WriteString({Literal(union.Discriminator.JsonName)}u8, {Literal(union.Wire)}u8);";

    private static Code WriteMember(MemberModel member)
    {
        string name = Literal(member.JsonName) + "u8";
        string local = Local(member.Name);
        if (member.Type is RestRef rest)
        {
            return $$"""
                if ({{member.Name}} is { } {{local}})
                {
                    {{WriteEntries(rest, local, depth: 0)}}
                }

                """;
        }

        bool isRaw = TypeNames.IsRaw(member.Type);
        string value = member.IsAlwaysSet || isRaw ? member.Name : local;
        Code write = member.Type switch
        {
            StringRef or DateTimeRef or UuidRef => $"writer.WriteString({name}, {value});",
            IntegerRef or NumberRef => $"writer.WriteNumber({name}, {value});",
            NumericEnumRef => $"writer.WriteNumber({name}, (long){value});",
            BooleanRef => $"writer.WriteBoolean({name}, {value});",
            EnumRef => $$"""
                if ({{value}} == default && {{UnknownName(member)}} is not null)
                {
                    writer.WriteString({{name}}, {{UnknownName(member)}});
                }
                else
                {
                    writer.WriteString({{name}}, {{value}}.ToUtf8());
                }
                """,
            BytesRef => $"writer.WriteBase64String({name}, {value}.Span);",
            _ => $"""
                writer.WritePropertyName({name});
                {WriteValue(member.Type, value, depth: 0)}
                """,
        };
        if (member.IsAlwaysSet && !isRaw)
        {
            return $"{write}\n";
        }

        Code? writeNull = null;
        if (member.IsNullable)
        {
            writeNull = $$"""
                else
                {
                    writer.WriteNull({{name}});
                }
                """;
        }

        return $$"""
            if ({{(isRaw ? $"!{member.Name}.IsEmpty" : $"{member.Name} is {{ }} {local}")}})
            {
                {{write}}
            }
            {{writeNull}}

            """;
    }

    private static Code WriteEntries(MapRef map, string value, int depth)
    {
        string item = depth == 0 ? "item" : "item" + Number(depth);
        return $$"""
            foreach (KeyValuePair<string, {{TypeNames.Model(map.Value)}}> {{item}} in {{value}})
            {
                writer.WritePropertyName({{item}}.Key);
                {{WriteValue(map.Value, item + ".Value", depth + 1, $"{value}.UnknownText({item}.Key)")}}
            }
            """;
    }

    /// <summary>Statements that write a value.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="value">The value as an expression.</param>
    /// <param name="depth">The number of arrays and maps around it.</param>
    /// <param name="unknown">The text of an unknown value of an enum, as an expression.</param>
    public static Code WriteValue(TypeRef type, string value, int depth, string unknown = "")
    {
        string suffix = depth == 0 ? "" : Number(depth);
        (string item, string index) = ("item" + suffix, "index" + suffix);
        return type switch
        {
            StringRef or DateTimeRef or UuidRef => $"writer.WriteStringValue({value});",
            IntegerRef or NumberRef => $"writer.WriteNumberValue({value});",
            NumericEnumRef => $"writer.WriteNumberValue((long){value});",
            BooleanRef => $"writer.WriteBooleanValue({value});",
            EnumRef => $$"""
                if ({{value}} == default && {{unknown}} is { } unknown{{Number(depth)}})
                {
                    writer.WriteStringValue(unknown{{Number(depth)}});
                }
                else
                {
                    writer.WriteStringValue({{value}}.ToUtf8());
                }
                """,
            BytesRef => $"writer.WriteBase64StringValue({value}.Span);",
            DateRef => $"JsonDate.Write(writer, {value});",
            ObjectRef or UnionRef => $"{value}.WriteTo(writer);",
            NullableRef nullable => $$"""
                if ({{(TypeNames.IsRaw(nullable.Value) ? value + ".IsEmpty" : value + " is null")}})
                {
                    writer.WriteNullValue();
                }
                else
                {
                    {{WriteValue(nullable.Value, TypeNames.IsStruct(nullable.Value) ? value + ".Value" : value, depth, unknown)}}
                }
                """,
            ArrayRef array when TypeNames.IsEnum(array.Element) => $$"""
                writer.WriteStartArray();
                for (int {{index}} = 0; {{index}} < {{value}}.Count; {{index}}++)
                {
                    {{TypeNames.Model(array.Element)}} {{item}} = {{value}}[{{index}}];
                    {{WriteValue(array.Element, item, depth + 1, $"{value}.UnknownText({index})")}}
                }

                writer.WriteEndArray();
                """,
            ArrayRef array => $$"""
                writer.WriteStartArray();
                foreach ({{TypeNames.Model(array.Element)}} {{item}} in {{value}})
                {
                    {{WriteValue(array.Element, item, depth + 1)}}
                }

                writer.WriteEndArray();
                """,
            MapRef map => $"""
                writer.WriteStartObject();
                {WriteEntries(map, value, depth)}

                writer.WriteEndObject();
                """,
            _ => $"writer.WriteRawValue({value}.Utf8.Span, skipInputValidation: true);",
        };
    }
}
