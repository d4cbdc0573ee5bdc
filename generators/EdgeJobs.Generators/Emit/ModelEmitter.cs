using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Emit.Slices;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the model of an object: an immutable record that is read from a view and writes itself as JSON.</summary>
internal static class ModelEmitter
{
    public static string Emit(SpecHead spec, ObjectModel model)
    {
        SourceWriter w = CSharp.File(spec, "System", "System.Collections.Generic", "System.Diagnostics", "System.Diagnostics.CodeAnalysis", "System.Text.Json");
        MemberModel? correlation = model.CorrelationMember < 0 ? null : model.Members[model.CorrelationMember];
        CSharp.Summary(w, CSharp.Or(model.Description, "The object " + model.Name + "."));
        Examples(w, model.Examples);
        w.Line(CSharp.GeneratedCode);
        DebuggerDisplay(w, model);
        Obsolete(w, model.IsDeprecated);
        string contract = correlation is null ? "IMessage" : "ICorrelatedMessage";
        string parent = model.Union is null ? "" : model.Union.Name + ", ";
        using (w.Open("public sealed partial record " + model.Name + " : " + parent + contract + "<" + model.Name + ">"))
        {
            if (model.Union is { } union)
            {
                w.Line("/// <inheritdoc/>");
                w.Line("public override string " + union.Discriminator.Name + " => " + CSharp.Literal(union.Wire) + ";");
                w.Line();
            }

            if (correlation is not null)
            {
                w.Line("/// <inheritdoc/>");
                w.Line("public static ReadOnlySpan<byte> CorrelationMember => " + CSharp.Literal(correlation.JsonName) + "u8;");
            }

            foreach (MemberModel member in model.Members)
            {
                w.Line();
                EmitProperty(w, spec, model, member);
            }

            w.Line();
            EmitTryRead(w, model.Name);
            w.Line();
            EmitCanRead(w, model.Name, model.Union is null ? "" : "new ");
            w.Line();
            EmitWriteTo(w, model, correlation);
            w.Line();
            ValidationEmitter.Emit(w, model);
            SecretEmitter.EmitText(w, model);
        }

        return w.ToString();
    }

    public static void Obsolete(SourceWriter w, bool isDeprecated)
    {
        if (isDeprecated)
        {
            w.Line("[Obsolete(\"Deprecated in the spec.\")]");
        }
    }

    private static void EmitProperty(SourceWriter w, SpecHead spec, ObjectModel model, MemberModel member)
    {
        List<string> sentences = new() { CSharp.Or(member.Description, "The member `" + member.JsonName + "`.") };
        string limits = CSharp.Join(" ", new[]
        {
            RuleText.Documentation(member.Type),
            RuleText.Remarks(member.Type, member.Description),
            member.Default.Length == 0 ? "" : "Absent means `" + member.Default + "`.",
        });
        if (limits.Length > 0)
        {
            sentences.Add(limits);
        }

        CSharp.Summary(w, sentences.ToArray());
        Examples(w, member.Examples);
        Obsolete(w, member.IsDeprecated);
        if (SecretEmitter.IsSecret(member))
        {
            w.Line("[DebuggerBrowsable(DebuggerBrowsableState.Never)]");
        }

        w.Line("public " + (member.IsRequired ? "required " : "") + TypeNames.Property(member) + " " + member.Name + " { get; init; }");
        DefaultEmitter.Emit(w, spec, model, member, isView: false);
    }

    private static void Examples(SourceWriter w, EquatableArray<string> examples)
    {
        if (examples.Count > 0)
        {
            w.Line("/// <example>" + string.Join(", ", examples.Select(e => "<c>" + CSharp.Xml(e.Replace("`", "\\u0060")) + "</c>")) + "</example>");
        }
    }

    /// <summary>Shows in a debugger the members that tell one object from another.</summary>
    private static void DebuggerDisplay(SourceWriter w, ObjectModel model)
    {
        string shown = string.Join(", ", IdentifyingMembers(model).Select(m => m.Name + " = {" + m.Name + "}"));
        w.Line("[DebuggerDisplay(" + CSharp.Literal(shown.Length == 0 ? "{ToString(),nq}" : shown) + ")]");
    }

    /// <summary>At most three: ids and names first, then what is required, then the others, as they come.</summary>
    private static IEnumerable<MemberModel> IdentifyingMembers(ObjectModel model) => model.Members
        .Where(m => TypeNames.IsScalar(m.Type) || m.Type is StringRef { IsSecret: false } or EnumRef)
        .OrderBy(m => IsIdentifying(m.Name) ? 0 : m.IsRequired ? 1 : 2)
        .Take(3);

    private static bool IsIdentifying(string name) =>
        name.EndsWith("Id", System.StringComparison.Ordinal) || name.EndsWith("Name", System.StringComparison.Ordinal) || name is "Key" or "Code" or "Status";

    private static void EmitTryRead(SourceWriter w, string name)
    {
        w.Line("/// <inheritdoc/>");
        using (w.Open("public static bool TryRead(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out " + name + "? value, out CodecError error)"))
        {
            w.Line("bool read = " + name + "View.TryRead(utf8Json.Span, out " + name + "View view, out error);");
            w.Line("value = read ? view.ToModel(utf8Json) : null;");
            w.Line("return read;");
        }
    }

    /// <summary>Emits what tells whether a payload can be read.</summary>
    public static void EmitCanRead(SourceWriter w, string name, string modifier = "")
    {
        w.Line("/// <inheritdoc/>");
        w.Line("public static " + modifier + "bool CanRead(ReadOnlySpan<byte> utf8Json, out CodecError error) => " + name + "View.TryRead(utf8Json, out _, out error);");
    }

    private static void EmitWriteTo(SourceWriter w, ObjectModel model, MemberModel? correlation)
    {
        w.Line("/// <inheritdoc/>");
        using (w.Open("public " + (model.Union is null ? "" : "override ") + "void WriteTo(Utf8JsonWriter writer)"))
        {
            EmitStart(w, model);
            if (correlation is not null)
            {
                EmitMemberWrite(w, correlation);
                w.Line("WriteMembersTo(writer);");
            }
            else
            {
                EmitMemberWrites(w, model, null);
            }

            w.Line("writer.WriteEndObject();");
        }

        if (correlation is null)
        {
            return;
        }

        w.Line();
        w.Line("/// <inheritdoc/>");
        using (w.Open("public void WriteTo(Utf8JsonWriter writer, ReadOnlySpan<byte> correlationToken)"))
        {
            EmitStart(w, model);
            w.Line("writer.WriteString(CorrelationMember, correlationToken);");
            w.Line("WriteMembersTo(writer);");
            w.Line("writer.WriteEndObject();");
        }

        w.Line();
        using (w.Open("private void WriteMembersTo(Utf8JsonWriter writer)"))
        {
            EmitMemberWrites(w, model, correlation);
        }
    }

    /// <summary>Begins the object; the member that tells it from its alternatives comes first, so that a reader finds it at once.</summary>
    private static void EmitStart(SourceWriter w, ObjectModel model)
    {
        w.Line("writer.WriteStartObject();");
        if (model.Union is { } union)
        {
            w.Line("writer.WriteString(" + CSharp.Literal(union.Discriminator.JsonName) + "u8, " + CSharp.Literal(union.Wire) + "u8);");
        }
    }

    private static void EmitMemberWrites(SourceWriter w, ObjectModel model, MemberModel? except)
    {
        foreach (MemberModel member in model.Members.Where(m => m != except))
        {
            EmitMemberWrite(w, member);
        }
    }

    private static void EmitMemberWrite(SourceWriter w, MemberModel member)
    {
        string name = CSharp.Literal(member.JsonName) + "u8";
        string local = CSharp.Local(member.Name);
        string value = member.IsRequired || TypeNames.IsRaw(member.Type) ? member.Name : local;
        SourceWriter.Block? block = null;
        if (TypeNames.IsRaw(member.Type))
        {
            block = w.Open("if (!" + member.Name + ".IsEmpty)");
        }
        else if (!member.IsRequired)
        {
            block = w.Open("if (" + member.Name + " is { } " + local + ")");
        }

        switch (member.Type)
        {
            case StringRef or DateTimeRef or UuidRef:
                w.Line("writer.WriteString(" + name + ", " + value + ");");
                break;
            case IntegerRef or NumberRef:
                w.Line("writer.WriteNumber(" + name + ", " + value + ");");
                break;
            case NumericEnumRef:
                w.Line("writer.WriteNumber(" + name + ", (long)" + value + ");");
                break;
            case BooleanRef:
                w.Line("writer.WriteBoolean(" + name + ", " + value + ");");
                break;
            case EnumRef:
                w.Line("writer.WriteString(" + name + ", " + value + ".ToUtf8());");
                break;
            case BytesRef:
                w.Line("writer.WriteBase64String(" + name + ", " + value + ".Span);");
                break;
            default:
                w.Line("writer.WritePropertyName(" + name + ");");
                EmitValueWrite(w, member.Type, value, depth: 0);
                break;
        }

        block?.Dispose();
        w.Line();
    }

    private static void EmitValueWrite(SourceWriter w, TypeRef type, string value, int depth)
    {
        string item = depth == 0 ? "item" : "item" + CSharp.Number(depth);
        switch (type)
        {
            case StringRef or DateTimeRef or UuidRef:
                w.Line("writer.WriteStringValue(" + value + ");");
                break;
            case IntegerRef or NumberRef:
                w.Line("writer.WriteNumberValue(" + value + ");");
                break;
            case NumericEnumRef:
                w.Line("writer.WriteNumberValue((long)" + value + ");");
                break;
            case BooleanRef:
                w.Line("writer.WriteBooleanValue(" + value + ");");
                break;
            case EnumRef:
                w.Line("writer.WriteStringValue(" + value + ".ToUtf8());");
                break;
            case BytesRef:
                w.Line("writer.WriteBase64StringValue(" + value + ".Span);");
                break;
            case RawObjectRef or AnyTypeRef:
                w.Line("writer.WriteRawValue(" + value + ".Utf8.Span, skipInputValidation: true);");
                break;
            case ObjectRef or UnionRef:
                w.Line(value + ".WriteTo(writer);");
                break;
            case ArrayRef array:
                w.Line("writer.WriteStartArray();");
                using (w.Open("foreach (" + TypeNames.Model(array.Element) + " " + item + " in " + value + ")"))
                {
                    EmitValueWrite(w, array.Element, item, depth + 1);
                }

                w.Line();
                w.Line("writer.WriteEndArray();");
                break;
            case MapRef map:
                w.Line("writer.WriteStartObject();");
                using (w.Open("foreach (KeyValuePair<string, " + TypeNames.Model(map.Value) + "> " + item + " in " + value + ")"))
                {
                    w.Line("writer.WritePropertyName(" + item + ".Key);");
                    EmitValueWrite(w, map.Value, item + ".Value", depth + 1);
                }

                w.Line();
                w.Line("writer.WriteEndObject();");
                break;
        }
    }
}
