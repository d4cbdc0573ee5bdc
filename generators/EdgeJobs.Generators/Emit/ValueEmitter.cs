using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits a message whose payload is not an object: a record around one value, and the view of a JSON value.</summary>
internal static class ValueEmitter
{
    public static string EmitModel(SpecHead spec, ValueModel model)
    {
        MemberModel? value = model.Value;
        string collections = value is not null && TypeNames.HoldsMap(value.Type) ? "System.Collections.Generic" : "";
        string[] usings =
        [
            "EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", collections, "System.Diagnostics.CodeAnalysis", "System.Text.Json",
        ];
        return SourceFile.Write(spec, usings, $$"""
            {{Documentation.Summary(Or(model.Description, $"The message {model.Name}."))}}
            /// <remarks>{{Documentation.Xml(Remarks(model))}}</remarks>
            {{Parameter(value)}}
            {{Documentation.Examples(model.Examples)}}
            {{SourceFile.GeneratedCode}}
            {{ModelEmitter.Obsolete(model.IsDeprecated)}}
            public sealed partial record {{model.Name}}{{Constructor(value)}} : IMessage<{{model.Name}}>
            {
                {{(value is null ? null : ModelEmitter.UnknownText(value))}}

                {{Read(model)}}

                /// <inheritdoc/>
                public void WriteTo(Utf8JsonWriter writer)
                {
                    {{Write(model)}}
                }

                {{Validate(model)}}

                {{(value is null ? null : SecretEmitter.ToText(Shell(model.Name, value)))}}
            }
            """);
    }

    public static string EmitView(SpecHead spec, string name, MemberModel value)
    {
        (string view, string unknown) = (name + "View", ModelEmitter.UnknownName(value));
        string collections = TypeNames.HoldsMap(value.Type) ? "System.Collections.Generic" : "";
        return SourceFile.Write(spec, ["EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", collections, "System.Text.Json"], $$"""
            {{ViewEmitter.Summary(name)}}
            {{SourceFile.GeneratedCode}}
            public ref struct {{view}} : IJsonView<{{view}}>
            {
                /// <summary>True when the value is present.</summary>
                public bool HasValue { get; private set; }

                /// <summary>The value.</summary>
                public {{TypeNames.ViewProperty(value.Type)}} {{value.Name}} { get; private set; }

                {{(value.Type is EnumRef ? $"private JsonText {unknown};" : "")}}

                /// <summary>Reads a payload.</summary>
                /// <param name="utf8Json">One JSON value in UTF-8.</param>
                /// <param name="view">Slices of <paramref name="utf8Json"/>.</param>
                /// <param name="error">The error if the result is false.</param>
                public static bool TryRead(ReadOnlySpan<byte> utf8Json, out {{view}} view, out CodecError error) =>
                    MessageReader.TryReadValue(utf8Json, out view, out error);

                /// <inheritdoc/>
                public static bool TryRead({{ViewEmitter.ReaderParameters}}, out {{view}} view, scoped ref CodecError error)
                {
                    view = default;
                    {{(value.IsRequired ? null : ReadNull())}}

                    bool {{ViewEmitter.Read(value, "member")}}
                    {{ViewEmitter.KeepUnknown(value)}}
                    view.HasValue = read;
                    return read;
                }

                {{ViewEmitter.ToModelDocumentation}}
                public readonly {{name}} ToModel(ReadOnlyMemory<byte> source) =>
                    new({{ViewEmitter.MemberConversion(value)}}){{(value.Type is EnumRef ? $" {{ {unknown} = {unknown}.ToText() }}" : "")}};

                {{Code.Blocks(ViewEmitter.Conversions(value.Type, "To" + value.Name))}}
            }
            """);
    }

    private static string Remarks(ValueModel model)
    {
        string type = model.ContentType.Length == 0 ? "" : " (`" + model.ContentType.Replace("`", "'") + "`)";
        return model.Format switch
        {
            PayloadFormat.Text => $"The payload is text in UTF-8{type}: the value itself, without quotes.",
            PayloadFormat.Bytes => $"The payload is the bytes themselves{type}. If read from a payload, the value is a slice of it.",
            PayloadFormat.Empty => "The message has no payload: nothing is sent, and what is received is ignored.",
            _ => $"The payload is one JSON value{type}.",
        };
    }

    private static Code? Parameter(MemberModel? value)
    {
        if (value is null)
        {
            return null;
        }

        string text = Join(
            " ",
            "The value.",
            RuleText.Documentation(value.Type),
            RuleText.Remarks(value.Type, ""),
            value.IsRequired || TypeNames.IsRaw(value.Type) ? "" : "It may be null.");
        return $"""/// <param name="{value.Name}">{Documentation.Xml(text)}</param>""";
    }

    private static string Constructor(MemberModel? value) => value is null ? "" : $"({TypeNames.Property(value)} {value.Name})";

    private static Code Read(ValueModel model)
    {
        if (model.Format == PayloadFormat.Json)
        {
            return $"""
                {ModelEmitter.TryRead(model.Name)}

                {ModelEmitter.CanRead(model.Name)}
                """;
        }

        TypeRef? type = model.Value?.Type;
        (string read, string canRead) = model.Format switch
        {
            PayloadFormat.Text when type is StringRef => (
                "value = TextPayload.TryRead(utf8Json.Span, out string? text, out error) ? new(text) : null;",
                "TextPayload.CanRead(utf8Json, out error);"),
            PayloadFormat.Text => (
                $"value = {ReadText(type!, "utf8Json.Span", "view")} ? new({Converted(type!)}){KeepUnknown(model.Value!, "view")} : null;",
                $"{ReadText(type!, "utf8Json", "_")};"),
            _ => ($"error = default;\nvalue = new({(type is null ? "" : "new ByteString(utf8Json)")});", ""),
        };
        Code check = canRead.Length > 0
            ? (Code)$"public static bool CanRead(ReadOnlySpan<byte> utf8Json, out CodecError error) => {canRead}"
            : $$"""
            public static bool CanRead(ReadOnlySpan<byte> utf8Json, out CodecError error)
            {
                error = default;
                return true;
            }
            """;
        return $$"""
            /// <inheritdoc/>
            public static bool TryRead(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out {{model.Name}}? value, out CodecError error)
            {
                {{read}}
                return {{(canRead.Length > 0 ? "value is not null" : "true")}};
            }

            /// <inheritdoc/>
            {{check}}
            """;
    }

    private static string ReadText(TypeRef type, string payload, string view) =>
        $"TextPayload.TryRead({payload}, {TypeNames.Kinds(type)}, out {TypeNames.View(type)} {view}, out error)";

    /// <summary>The initializer that keeps the text of an unknown value of an enum.</summary>
    public static string KeepUnknown(MemberModel value, string view) => value.Type is not EnumRef ? ""
        : $" {{ {ModelEmitter.UnknownName(value)} = {Converted(value.Type, view)} == default ? {view}.ToText() : null }}";

    private static string Converted(TypeRef type, string view) => ViewEmitter.Converted(type, view, "");

    private static string Converted(TypeRef type) => ViewEmitter.Converted(type, "view", "");

    private static Code? Write(ValueModel model)
    {
        if (model.Value is not { } value)
        {
            return null;
        }

        switch (model.Format)
        {
            case PayloadFormat.Bytes:
                return $"TextPayload.WriteRaw(writer, {value.Name}.Span);";
            case PayloadFormat.Text when value.Type is StringRef:
                return $"TextPayload.Write(writer, {value.Name});";
            case PayloadFormat.Text when value.Type is EnumRef:
                string text = $"{value.Name} == default && {ModelEmitter.UnknownName(value)} is {{ }} text ? text";
                return $"TextPayload.Write(writer, {text} : {value.Name}.ToWireString());";
            case PayloadFormat.Text:
                string write = ModelEmitter.WriteValue(value.Type, "message." + value.Name, depth: 0).ToString();
                return $"TextPayload.Write(writer, this, static (writer, message) => {write.TrimEnd(';')});";
        }

        return WriteJson(value);
    }

    /// <summary>Statements that write a value as JSON.</summary>
    public static Code WriteJson(MemberModel value)
    {
        bool isRaw = TypeNames.IsRaw(value.Type);
        string unknown = ModelEmitter.UnknownName(value);
        if (value.IsRequired && !isRaw)
        {
            return ModelEmitter.WriteValue(value.Type, value.Name, depth: 0, unknown);
        }

        return $$"""
            if ({{(isRaw ? $"!{value.Name}.IsEmpty" : $"{value.Name} is {{ }} value")}})
            {
                {{ModelEmitter.WriteValue(value.Type, isRaw ? value.Name : "value", depth: 0, unknown)}}
            }
            else
            {
                writer.WriteNullValue();
            }
            """;
    }

    private static Code Validate(ValueModel model)
    {
        // Bytes that are the payload have no limit.
        bool hasLimits = model is { Value: not null, Format: not PayloadFormat.Bytes };
        return ValidationEmitter.TryValidate(Shell(model.Name, hasLimits ? model.Value : null), isOverride: false);
    }

    /// <summary>The value as the only member of an object, for emitters of objects.</summary>
    public static ObjectModel Shell(string name, MemberModel? value) => new(
        name, "", value is null ? EquatableArray<MemberModel>.Empty : new EquatableArray<MemberModel>(new[] { value }), -1, false);

    private static string ReadNull() => """
        if (reader.TokenType == JsonTokenType.Null)
        {
            view.HasValue = true;
            return true;
        }

        """;
}
