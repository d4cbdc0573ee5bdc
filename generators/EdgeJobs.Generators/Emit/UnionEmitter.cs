using System.Linq;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>
/// Emits a choice of objects: an abstract record that the alternatives derive from, one more record for those that this
/// build does not know, and a view that knows the alternative and reads it on request.
/// </summary>
internal static class UnionEmitter
{
    public static string EmitModel(SpecHead spec, UnionModel model)
    {
        (string name, string unknown) = (model.Name, "Unknown" + model.Name);
        string member = Documentation.Xml($"`{model.Discriminator.JsonName}`");
        string[] usings =
        [
            "EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", "System.Diagnostics.CodeAnalysis", "System.Text.Json",
        ];
        return SourceFile.Write(spec, usings, $$"""
            {{Documentation.Summary(Or(model.Description, $"The choice {name}."))}}
            /// <remarks>
            /// One of {{string.Join(", ", model.Alternatives.Select(a => $"<see cref=\"{a.Type}\"/>"))}},
            /// or an <see cref="{{unknown}}"/> when this build does not know it.
            /// </remarks>
            {{SourceFile.GeneratedCode}}
            {{ModelEmitter.Obsolete(model.IsDeprecated)}}
            public abstract partial record {{name}} : IMessage<{{name}}>
            {
                private protected {{name}}()
                {
                }

                /// <summary>The member {{member}}, which distinguishes the alternatives.</summary>
                public abstract string {{model.Discriminator.Name}} { get; }

                {{ModelEmitter.TryRead(name)}}

                {{ModelEmitter.CanRead(name)}}

                /// <inheritdoc/>
                public abstract void WriteTo(Utf8JsonWriter writer);

                /// <inheritdoc/>
                public abstract bool TryValidate(out ConstraintViolation violation);
            }

            {{Unknown(model, unknown)}}
            """);
    }

    public static string EmitView(SpecHead spec, UnionModel model)
    {
        (string name, string view, string alternative) = (model.Name, model.Name + "View", model.Name + "Alternative");
        string member = Documentation.Xml($"`{model.Discriminator.JsonName}`");
        return SourceFile.Write(spec, ["EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", "System.Text.Json"], $$"""
            /// <summary>The alternatives of <see cref="{{name}}"/>.</summary>
            {{SourceFile.GeneratedCode}}
            public enum {{alternative}}
            {
                /// <summary>An alternative that this build does not know.</summary>
                Unknown = 0,

                {{Code.Blocks(model.Alternatives.Select(EnumMember))}}
            }

            {{ViewEmitter.Summary(name)}}
            {{SourceFile.GeneratedCode}}
            public ref struct {{view}} : IJsonView<{{view}}>
            {
                /// <summary>True when the object is present.</summary>
                public bool HasValue { get; private set; }

                /// <summary>The alternative that the object is.</summary>
                public {{alternative}} Alternative { get; private set; }

                /// <summary>The member {{member}} as it was received.</summary>
                public JsonText {{model.Discriminator.Name}} { get; private set; }

                /// <summary>The whole object as it was received.</summary>
                public JsonRaw Raw { get; private set; }

                {{ViewEmitter.ReadPayload(view)}}

                {{ReadValue(model, view, alternative)}}

                {{Find(model, alternative)}}

                {{Code.Blocks(model.Alternatives.Select(a => AlternativeEmitter.TryGet(
                    $"the object as a <see cref=\"{a.Type}\"/>", a.Type, a.Type + "View", alternative + "." + a.Name)))}}

                {{AlternativeEmitter.ToModel(name, model.Alternatives.Select(a => AlternativeEmitter.ToModelCase(
                    a.Type, a.Type + "View", alternative + "." + a.Name, AlternativeEmitter.Local(a.Type) + ".ToModel(source)")))}}
            }
            """);
    }

    private static Code Unknown(UnionModel model, string unknown)
    {
        string member = Literal(model.Discriminator.JsonName);
        return $$"""
            /// <summary>A <see cref="{{model.Name}}"/> that this build does not know: {{UnknownSummary}}</summary>
            /// <param name="Json">{{UnknownJson}}</param>
            {{SourceFile.GeneratedCode}}
            public sealed partial record {{unknown}}(RawJson Json) : {{model.Name}}
            {
                /// <inheritdoc/>
                public override string {{model.Discriminator.Name}} =>
                    CorrelationToken.TryRead(Json.Utf8.Span, {{member}}u8, out JsonText text) ? text.ToString() : "";

                /// <inheritdoc/>
                public override void WriteTo(Utf8JsonWriter writer) => writer.WriteRawValue(Json.Utf8.Span, skipInputValidation: true);

                /// <inheritdoc/>
                public override bool TryValidate(out ConstraintViolation violation)
                {
                    if (!Json.IsObject() || !CorrelationToken.TryRead(Json.Utf8.Span, {{member}}u8, out _))
                    {
                        violation = new ConstraintViolation({{member}}, "must be a string in one JSON object");
                        return false;
                    }

                    violation = default;
                    return true;
                }
            }
            """;
    }

    private const string UnknownSummary = "it can be inspected, and is written back unchanged.";

    private const string UnknownJson =
        "The whole object. If read from a payload, it is a slice of it, valid as long as the payload is not modified.";

    private static Code EnumMember(UnionAlternative alternative) => $"""
        {Documentation.Summary($"`{alternative.Wire}` on the wire.")}
        {alternative.Name},
        """;

    private static Code ReadValue(UnionModel model, string view, string alternative)
    {
        string member = Literal(model.Discriminator.JsonName);
        return $$"""
            /// <inheritdoc/>
            public static bool TryRead({{ViewEmitter.ReaderParameters}}, out {{view}} view, scoped ref CodecError error)
            {
                view = default;
                int start = (int)reader.TokenStartIndex;
                if (!JsonDiscriminator.TryRead(in reader, member, {{member}}u8, {{member}}, out JsonText text, ref error))
                {
                    return false;
                }

                view.HasValue = true;
                view.{{model.Discriminator.Name}} = text;
                view.Alternative = Find(text);
                bool read = view.Alternative switch
                {
                    {{model.Alternatives.Select(ReadCase)}}
                    _ => JsonRaw.TryRead(ref reader, source, member, out _, ref error),
                };
                view.Raw = read ? JsonRaw.Of(source[start..(int)reader.BytesConsumed]) : default;
                return read;
            }
            """;

        string ReadCase(UnionAlternative a) =>
            $"{alternative}.{a.Name} => {a.Type}View.TryRead(ref reader, source, member, out _, ref error),";
    }

    private static Code Find(UnionModel model, string alternative) => $$"""
        private static {{alternative}} Find(JsonText text)
        {
            {{model.Alternatives.Select(Code (a) => $$"""
                if (text.Equals({{Literal(a.Wire)}}u8))
                {
                    return {{alternative}}.{{a.Name}};
                }

                """)}}
            return {{alternative}}.Unknown;
        }
        """;
}
