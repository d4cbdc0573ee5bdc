using System.Linq;
using System.Text;
using EdgeJobs.Generators.Emit.Slices;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits an enum and what turns it into JSON strings and back.</summary>
internal static class EnumEmitter
{
    public static string Emit(SpecHead spec, EnumModel model)
    {
        SourceWriter w = CSharp.File(spec, "System");
        CSharp.Summary(w, CSharp.Or(model.Description, "The values of " + model.Name + "."));
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public enum " + model.Name))
        {
            w.Line("/// <summary>A value that this build does not know. It can be read, but not written.</summary>");
            w.Line("Unknown = 0,");
            foreach (EnumValue value in model.Values)
            {
                w.Line();
                CSharp.Summary(w, CSharp.Or(value.Description, "`" + value.Wire + "` on the wire."));
                w.Line(value.Name + ",");
            }
        }

        w.Line();
        w.Line("/// <summary>Turns <see cref=\"" + model.Name + "\"/> into JSON strings and back.</summary>");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public static class " + model.Name + "Extensions"))
        {
            EmitToText(w, model, "string", "ToWireString", "The value as it stands on the wire.", suffix: "");
            w.Line();
            EmitToText(w, model, "ReadOnlySpan<byte>", "ToUtf8", "The value as it stands on the wire, in UTF-8.", suffix: "u8");
            w.Line();
            EmitTryParse(w, model);
            w.Line();
            EmitRead(w, model);
        }

        return w.ToString();
    }

    public static string Emit(SpecHead spec, NumericEnumModel model)
    {
        SourceWriter w = CSharp.File(spec);
        CSharp.Summary(w, CSharp.Or(model.Description, "The values of " + model.Name + "."));
        w.Line("/// <remarks>A value is the number on the wire. One that this build does not know is read as that number and written back as it is.</remarks>");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public enum " + model.Name + " : long"))
        {
            foreach (NumericEnumValue value in model.Values)
            {
                w.Line();
                CSharp.Summary(w, CSharp.Or(value.Description, "`" + CSharp.Number(value.Wire) + "` on the wire."));
                w.Line(value.Name + " = " + CSharp.Number(value.Wire) + ",");
            }
        }

        w.Line();
        w.Line("/// <summary>Tells the known values of <see cref=\"" + model.Name + "\"/>.</summary>");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public static class " + model.Name + "Extensions"))
        {
            w.Line("/// <summary>True for a value that the spec lists.</summary>");
            string known = string.Join(" or ", model.Values.Select(v => model.Name + "." + v.Name));
            w.Line("public static bool IsKnown(this " + model.Name + " value) => value is " + known + ";");
        }

        return w.ToString();
    }

    private static void EmitToText(SourceWriter w, EnumModel model, string type, string method, string summary, string suffix)
    {
        w.Line("/// <summary>" + summary + "</summary>");
        w.Line("/// <exception cref=\"ArgumentOutOfRangeException\">The value is <see cref=\"" + model.Name + ".Unknown\"/>.</exception>");
        w.Line("public static " + type + " " + method + "(this " + model.Name + " value) => value switch");
        w.Line("{");
        using (w.Indent())
        {
            foreach (EnumValue value in model.Values)
            {
                w.Line(model.Name + "." + value.Name + " => " + CSharp.Literal(value.Wire) + suffix + ",");
            }

            w.Line("_ => throw new ArgumentOutOfRangeException(nameof(value)),");
        }

        w.Line("};");
    }

    private static void EmitTryParse(SourceWriter w, EnumModel model)
    {
        w.Line("/// <summary>Reads a value as it stands on the wire. Upper and lower case differ.</summary>");
        w.Line("/// <param name=\"utf8\">The text in UTF-8, without quotes.</param>");
        w.Line("/// <param name=\"value\">The value, or <see cref=\"" + model.Name + ".Unknown\"/>.</param>");
        w.Line("/// <returns>False when this build does not know the value.</returns>");
        using (w.Open("public static bool TryParse" + model.Name + "(ReadOnlySpan<byte> utf8, out " + model.Name + " value)"))
        {
            w.Line("value = utf8.Length switch");
            w.Line("{");
            using (w.Indent())
            {
                foreach (IGrouping<int, EnumValue> group in model.Values.GroupBy(v => Encoding.UTF8.GetByteCount(v.Wire)).OrderBy(g => g.Key))
                {
                    foreach (EnumValue value in group)
                    {
                        w.Line(CSharp.Number(group.Key) + " when utf8.SequenceEqual(" + CSharp.Literal(value.Wire) + "u8) => " + model.Name + "." + value.Name + ",");
                    }
                }

                w.Line("_ => " + model.Name + ".Unknown,");
            }

            w.Line("};");
            w.Line("return value != " + model.Name + ".Unknown;");
        }
    }

    private static void EmitRead(SourceWriter w, EnumModel model)
    {
        int longest = model.Values.Max(v => Encoding.UTF8.GetByteCount(v.Wire));
        w.Line("/// <summary>Reads a JSON string; a value that this build does not know is <see cref=\"" + model.Name + ".Unknown\"/>.</summary>");
        using (w.Open("public static " + model.Name + " Read" + model.Name + "(JsonText text)"))
        {
            // Each character may be written as an escape of six bytes.
            w.Line("Span<byte> buffer = stackalloc byte[" + CSharp.Number(longest * 6) + "];");
            w.Line("TryParse" + model.Name + "(text.Unescape(buffer), out " + model.Name + " value);");
            w.Line("return value;");
        }
    }
}
