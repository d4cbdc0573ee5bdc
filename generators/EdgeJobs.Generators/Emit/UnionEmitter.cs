using System.Linq;
using EdgeJobs.Generators.Emit.Slices;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>
/// Emits a choice of objects: an abstract record that the alternatives derive from, one more record for those that this
/// build does not know, and a view that knows the alternative and reads it when it is asked to.
/// </summary>
internal static class UnionEmitter
{
    public static string EmitModel(SpecHead spec, UnionModel model)
    {
        SourceWriter w = CSharp.File(spec, "System", "System.Diagnostics.CodeAnalysis", "System.Text.Json");
        string unknown = "Unknown" + model.Name;
        CSharp.Summary(w, CSharp.Or(model.Description, "The choice " + model.Name + "."));
        w.Line("/// <remarks>");
        w.Line("/// One of " + string.Join(", ", model.Alternatives.Select(a => "<see cref=\"" + a.Type + "\"/>")) + ",");
        w.Line("/// or an <see cref=\"" + unknown + "\"/> when this build does not know it.");
        w.Line("/// </remarks>");
        w.Line(CSharp.GeneratedCode);
        ModelEmitter.Obsolete(w, model.IsDeprecated);
        using (w.Open("public abstract partial record " + model.Name + " : IMessage<" + model.Name + ">"))
        {
            using (w.Open("private protected " + model.Name + "()"))
            {
            }

            w.Line();
            w.Line("/// <summary>The member " + CSharp.Xml("`" + model.Discriminator.JsonName + "`") + ", which tells the alternatives apart.</summary>");
            w.Line("public abstract string " + model.Discriminator.Name + " { get; }");
            w.Line();
            w.Line("/// <inheritdoc/>");
            using (w.Open("public static bool TryRead(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out " + model.Name + "? value, out CodecError error)"))
            {
                w.Line("bool read = " + model.Name + "View.TryRead(utf8Json.Span, out " + model.Name + "View view, out error);");
                w.Line("value = read ? view.ToModel(utf8Json) : null;");
                w.Line("return read;");
            }

            w.Line();
            ModelEmitter.EmitCanRead(w, model.Name);
            w.Line();
            w.Line("/// <inheritdoc/>");
            w.Line("public abstract void WriteTo(Utf8JsonWriter writer);");
            w.Line();
            w.Line("/// <inheritdoc/>");
            w.Line("public abstract bool TryValidate(out ConstraintViolation violation);");
        }

        w.Line();
        EmitUnknown(w, model, unknown);
        return w.ToString();
    }

    public static string EmitView(SpecHead spec, UnionModel model)
    {
        SourceWriter w = CSharp.File(spec, "System", "System.Text.Json");
        string view = model.Name + "View";
        string alternatives = model.Name + "Alternative";
        EmitEnum(w, model, alternatives);
        w.Line();
        w.Line("/// <summary>A <see cref=\"" + model.Name + "\"/> read in place: it allocates nothing, and holds slices of the payload that are valid as long as the payload is left alone.</summary>");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public ref struct " + view + " : IJsonView<" + view + ">"))
        {
            w.Line("/// <summary>True when the object is present.</summary>");
            w.Line("public bool HasValue { get; private set; }");
            w.Line();
            w.Line("/// <summary>Which alternative it is.</summary>");
            w.Line("public " + alternatives + " Alternative { get; private set; }");
            w.Line();
            w.Line("/// <summary>The member " + CSharp.Xml("`" + model.Discriminator.JsonName + "`") + " as it was received.</summary>");
            w.Line("public JsonText " + model.Discriminator.Name + " { get; private set; }");
            w.Line();
            w.Line("/// <summary>The whole object as it was received.</summary>");
            w.Line("public JsonRaw Raw { get; private set; }");
            w.Line();
            w.Line("/// <summary>Reads a payload.</summary>");
            w.Line("/// <param name=\"utf8Json\">One JSON object in UTF-8.</param>");
            w.Line("/// <param name=\"view\">Slices of <paramref name=\"utf8Json\"/>.</param>");
            w.Line("/// <param name=\"error\">What is wrong when the result is false.</param>");
            w.Line("public static bool TryRead(ReadOnlySpan<byte> utf8Json, out " + view + " view, out CodecError error) =>");
            using (w.Indent())
            {
                w.Line("MessageReader.TryRead(utf8Json, out view, out error);");
            }

            w.Line();
            EmitRead(w, model, view, alternatives);
            foreach (UnionAlternative alternative in model.Alternatives)
            {
                w.Line();
                w.Line("/// <summary>Reads it as a <see cref=\"" + alternative.Type + "\"/>, in place.</summary>");
                w.Line("/// <returns>False when it is another alternative.</returns>");
                using (w.Open("public readonly bool TryGet" + alternative.Type + "(out " + alternative.Type + "View view)"))
                {
                    w.Line("view = default;");
                    w.Line("return Alternative == " + alternatives + "." + alternative.Name + " && MessageReader.TryReadAgain(Raw.Utf8, out view);");
                }
            }

            w.Line();
            EmitToModel(w, model, alternatives);
        }

        return w.ToString();
    }

    private static void EmitUnknown(SourceWriter w, UnionModel model, string unknown)
    {
        string member = CSharp.Literal(model.Discriminator.JsonName);
        w.Line("/// <summary>A <see cref=\"" + model.Name + "\"/> that this build does not know: it can be looked at, and is written back as it came.</summary>");
        w.Line("/// <param name=\"Json\">The whole object. What was read from a payload is a slice of it, valid as long as the payload's buffer is left alone.</param>");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public sealed partial record " + unknown + "(RawJson Json) : " + model.Name))
        {
            w.Line("/// <inheritdoc/>");
            w.Line("public override string " + model.Discriminator.Name + " =>");
            using (w.Indent())
            {
                w.Line("CorrelationToken.TryRead(Json.Utf8.Span, " + member + "u8, out JsonText text) ? text.ToString() : \"\";");
            }

            w.Line();
            w.Line("/// <inheritdoc/>");
            w.Line("public override void WriteTo(Utf8JsonWriter writer) => writer.WriteRawValue(Json.Utf8.Span, skipInputValidation: true);");
            w.Line();
            w.Line("/// <inheritdoc/>");
            using (w.Open("public override bool TryValidate(out ConstraintViolation violation)"))
            {
                using (w.Open("if (!Json.IsObject() || !CorrelationToken.TryRead(Json.Utf8.Span, " + member + "u8, out _))"))
                {
                    w.Line("violation = new ConstraintViolation(" + member + ", \"must be a string in one JSON object\");");
                    w.Line("return false;");
                }

                w.Line();
                w.Line("violation = default;");
                w.Line("return true;");
            }
        }
    }

    private static void EmitEnum(SourceWriter w, UnionModel model, string name)
    {
        w.Line("/// <summary>The alternatives of <see cref=\"" + model.Name + "\"/>.</summary>");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public enum " + name))
        {
            w.Line("/// <summary>One that this build does not know.</summary>");
            w.Line("Unknown = 0,");
            foreach (UnionAlternative alternative in model.Alternatives)
            {
                w.Line();
                CSharp.Summary(w, "`" + alternative.Wire + "` on the wire.");
                w.Line(alternative.Name + ",");
            }
        }
    }

    private static void EmitRead(SourceWriter w, UnionModel model, string view, string alternatives)
    {
        string member = CSharp.Literal(model.Discriminator.JsonName);
        string discriminator = model.Discriminator.Name;
        w.Line("/// <inheritdoc/>");
        using (w.Open("public static bool TryRead(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out " + view + " view, scoped ref CodecError error)"))
        {
            w.Line("view = default;");
            w.Line("int start = (int)reader.TokenStartIndex;");
            using (w.Open("if (!JsonDiscriminator.TryRead(in reader, member, " + member + "u8, " + member + ", out JsonText text, ref error))"))
            {
                w.Line("return false;");
            }

            w.Line();
            w.Line("view.HasValue = true;");
            w.Line("view." + discriminator + " = text;");
            w.Line("view.Alternative = Find(text);");
            w.Line("bool read = view.Alternative switch");
            w.Line("{");
            using (w.Indent())
            {
                foreach (UnionAlternative alternative in model.Alternatives)
                {
                    w.Line(alternatives + "." + alternative.Name + " => " + alternative.Type + "View.TryRead(ref reader, source, member, out _, ref error),");
                }

                w.Line("_ => JsonRaw.TryRead(ref reader, source, member, out _, ref error),");
            }

            w.Line("};");
            w.Line("view.Raw = read ? JsonRaw.Of(source[start..(int)reader.BytesConsumed]) : default;");
            w.Line("return read;");
        }

        w.Line();
        using (w.Open("private static " + alternatives + " Find(JsonText text)"))
        {
            foreach (UnionAlternative alternative in model.Alternatives)
            {
                using (w.Open("if (text.Equals(" + CSharp.Literal(alternative.Wire) + "u8))"))
                {
                    w.Line("return " + alternatives + "." + alternative.Name + ";");
                }

                w.Line();
            }

            w.Line("return " + alternatives + ".Unknown;");
        }
    }

    private static void EmitToModel(SourceWriter w, UnionModel model, string alternatives)
    {
        w.Line("/// <summary>Makes the model, with strings of its own.</summary>");
        w.Line("/// <param name=\"source\">The payload that this view was read from: members of free form become slices of it.</param>");
        using (w.Open("public readonly " + model.Name + " ToModel(ReadOnlyMemory<byte> source)"))
        {
            using (w.Open("switch (Alternative)"))
            {
                foreach (UnionAlternative alternative in model.Alternatives)
                {
                    string local = CSharp.Camel(alternative.Type).TrimStart('@') + "View";
                    w.Line("case " + alternatives + "." + alternative.Name + ":");
                    using (w.Indent())
                    {
                        w.Line("TryGet" + alternative.Type + "(out " + alternative.Type + "View " + local + ");");
                        w.Line("return " + local + ".ToModel(source);");
                    }
                }

                w.Line("default:");
                using (w.Indent())
                {
                    w.Line("return new Unknown" + model.Name + "(Raw.ToRawJson(source));");
                }
            }
        }
    }
}
