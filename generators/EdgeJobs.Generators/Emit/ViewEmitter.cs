using System.Collections.Generic;
using System.Linq;
using System.Text;
using EdgeJobs.Generators.Emit.Slices;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the view of an object: a ref struct that reads a payload in place.</summary>
internal static class ViewEmitter
{
    public static string Emit(SpecHead spec, ObjectModel model)
    {
        SourceWriter w = CSharp.File(spec, "System", "System.Collections.Generic", "System.Text.Json");
        string view = model.Name + "View";
        w.Line("/// <summary>A <see cref=\"" + model.Name + "\"/> read in place: it allocates nothing, and holds slices of the payload that are valid as long as the payload is left alone.</summary>");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public ref struct " + view + " : IJsonView<" + view + ">"))
        {
            w.Line("/// <summary>True when the object is present.</summary>");
            w.Line("public bool HasValue { get; private set; }");
            foreach (MemberModel member in model.Members)
            {
                w.Line();
                CSharp.Summary(w, CSharp.Or(member.Description, "The member `" + member.JsonName + "`."));
                w.Line("public " + TypeNames.ViewProperty(member.Type) + " " + member.Name + " { get; private set; }");
                DefaultEmitter.Emit(w, spec, model, member, isView: true);
            }

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
            EmitRead(w, model, view);
            w.Line();
            EmitToModel(w, model);
            foreach (MemberModel member in model.Members)
            {
                EmitConversion(w, member.Type, "To" + member.Name);
            }

            if (model.Members.Count > 0)
            {
                w.Line();
                EmitMemberLookup(w, model);
            }
        }

        return w.ToString();
    }

    private static void EmitRead(SourceWriter w, ObjectModel model, string view)
    {
        w.Line("/// <inheritdoc/>");
        using (w.Open("public static bool TryRead(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out " + view + " view, scoped ref CodecError error)"))
        {
            w.Line("view = default;");
            w.Line("int start = (int)reader.TokenStartIndex;");
            using (w.Open("if (reader.TokenType != JsonTokenType.StartObject)"))
            {
                w.Line("error = new CodecError(CodecErrorKind.WrongType, member, start);");
                w.Line("return false;");
            }

            w.Line();
            w.Line("view.HasValue = true;");
            using (w.Open("while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)"))
            {
                if (model.Members.Count == 0)
                {
                    w.Line("reader.Read();");
                    w.Line("reader.Skip();");
                }
                else
                {
                    w.Line("int index = FindMember(ref reader);");
                    w.Line("reader.Read();");
                    using (w.Open("if (reader.TokenType == JsonTokenType.Null)"))
                    {
                        w.Line("continue;");
                    }

                    w.Line();
                    w.Line("bool read = true;");
                    using (w.Open("switch (index)"))
                    {
                        for (int i = 0; i < model.Members.Count; i++)
                        {
                            w.Line("case " + CSharp.Number(i) + ":");
                            using (w.Indent())
                            {
                                EmitMemberRead(w, model.Members[i]);
                                w.Line("break;");
                            }
                        }

                        w.Line("default:");
                        using (w.Indent())
                        {
                            w.Line("reader.Skip();");
                            w.Line("break;");
                        }
                    }

                    w.Line();
                    using (w.Open("if (!read)"))
                    {
                        // The error names the innermost member; each object around it adds its own name.
                        w.Line("error = member.Length == 0 ? error : error.Within(member);");
                        w.Line("return false;");
                    }
                }
            }

            w.Line();
            foreach (MemberModel required in model.Members.Where(m => m.IsRequired))
            {
                string absent = TypeNames.IsScalar(required.Type) || required.Type is EnumRef
                    ? "view." + required.Name + " is null"
                    : "!view." + required.Name + ".HasValue";
                using (w.Open("if (" + absent + ")"))
                {
                    string name = CSharp.Literal(required.JsonName);
                    w.Line("error = new CodecError(CodecErrorKind.MissingMember, member.Length == 0 ? " + name + " : member + " + CSharp.Literal("." + required.JsonName) + ", start);");
                    w.Line("return false;");
                }

                w.Line();
            }

            w.Line("return true;");
        }
    }

    private static void EmitMemberRead(SourceWriter w, MemberModel member)
    {
        string local = CSharp.Camel(member.Name).TrimStart('@') + "Value";
        string name = CSharp.Literal(member.JsonName);
        string view = TypeNames.View(member.Type);
        string call = view + ".TryRead(ref reader, source, " + name;
        (string type, string result) = member.Type switch
        {
            EnumRef e => (view, e.Name + "Extensions.Read" + e.Name + "(" + local + ")"),
            NumericEnumRef e => (view, "(" + e.Name + ")" + local + ".Value"),
            _ when TypeNames.IsScalar(member.Type) => (view, local + ".Value"),
            _ => (view, local),
        };
        string kinds = member.Type is AnyTypeRef ? " && " + local + ".Is(" + TypeNames.Kinds(member.Type) + ", " + name + ", source, ref error)" : "";
        w.Line("read = " + call + ", out " + type + " " + local + ", ref error)" + kinds + ";");
        w.Line("view." + member.Name + " = " + result + ";");
    }

    private static void EmitToModel(SourceWriter w, ObjectModel model)
    {
        w.Line("/// <summary>Makes the model, with strings of its own.</summary>");
        w.Line("/// <param name=\"source\">The payload that this view was read from: members of free form become slices of it.</param>");
        if (model.Members.Count == 0)
        {
            w.Line("public readonly " + model.Name + " ToModel(ReadOnlyMemory<byte> source) => new();");
            return;
        }

        w.Line("public readonly " + model.Name + " ToModel(ReadOnlyMemory<byte> source) => new()");
        w.Line("{");
        using (w.Indent())
        {
            foreach (MemberModel member in model.Members)
            {
                w.Line(member.Name + " = " + MemberConversion(member) + ",");
            }
        }

        w.Line("};");
    }

    private static string MemberConversion(MemberModel member)
    {
        string name = member.Name;
        return member.Type switch
        {
            StringRef => name + (member.IsRequired ? ".ToString()" : ".ToText()"),
            _ when TypeNames.IsScalar(member.Type) || member.Type is EnumRef => name + (member.IsRequired ? ".GetValueOrDefault()" : ""),
            BytesRef => member.IsRequired ? name + ".ToByteString()" : name + ".HasValue ? " + name + ".ToByteString() : null",
            RawObjectRef or AnyTypeRef => name + ".ToRawJson(source)",
            ObjectRef or UnionRef => member.IsRequired ? name + ".ToModel(source)" : name + ".HasValue ? " + name + ".ToModel(source) : null",
            _ => member.IsRequired ? "To" + name + "(" + name + ", source)" : name + ".HasValue ? To" + name + "(" + name + ", source) : null",
        };
    }

    /// <summary>Emits the loops that turn arrays and maps into models, the inner ones first.</summary>
    private static void EmitConversion(SourceWriter w, TypeRef type, string method)
    {
        TypeRef? inner = type switch { ArrayRef a => a.Element, MapRef m => m.Value, _ => null };
        if (inner is null)
        {
            return;
        }

        string element = inner switch
        {
            StringRef => "{0}.ToString()",
            EnumRef e => e.Name + "Extensions.Read" + e.Name + "({0})",
            NumericEnumRef e => "(" + e.Name + "){0}.Value",
            _ when TypeNames.IsScalar(inner) => "{0}.Value",
            BytesRef => "{0}.ToByteString()",
            RawObjectRef or AnyTypeRef => "{0}.ToRawJson(source)",
            ObjectRef or UnionRef => "{0}.ToModel(source)",
            _ => method + "Item({0}, source)",
        };
        EmitConversion(w, inner, method + "Item");
        w.Line();
        using (w.Open("private static " + TypeNames.Model(type) + " " + method + "(" + TypeNames.View(type) + " view, ReadOnlyMemory<byte> source)"))
        {
            string item = type is ArrayRef ? TypeNames.Model(inner) : "KeyValuePair<string, " + TypeNames.Model(inner) + ">";
            w.Line("int index = 0;");
            w.Line(item + "[] items = new " + item + "[view.Count];");
            using (w.Open("foreach (" + (type is ArrayRef ? TypeNames.View(inner) : TypeNames.View(type) + ".Entry") + " item in view)"))
            {
                w.Line(type is ArrayRef
                    ? "items[index++] = " + element.Replace("{0}", "item") + ";"
                    : "items[index++] = new(item.Key.ToString(), " + element.Replace("{0}", "item.Value") + ");");
            }

            w.Line();
            w.Line(type is ArrayRef ? "return ValueList.Wrap(items);" : "return " + TypeNames.Model(type) + ".Wrap(items);");
        }
    }

    private static void EmitMemberLookup(SourceWriter w, ObjectModel model)
    {
        List<(int Length, int Index, string Name)> names = model.Members
            .Select((m, i) => (Encoding.UTF8.GetByteCount(m.JsonName), i, m.JsonName))
            .OrderBy(n => n.Item1).ThenBy(n => n.i)
            .ToList();
        w.Line("/// <summary>The index of the member whose name the reader stands on, or -1.</summary>");
        using (w.Open("private static int FindMember(scoped ref readonly Utf8JsonReader reader)"))
        {
            // Room for a name whose every character is written as an escape of six bytes.
            w.Line("Span<byte> buffer = stackalloc byte[" + CSharp.Number(names[names.Count - 1].Length * 6) + "];");
            w.Line("ReadOnlySpan<byte> name = JsonScalars.MemberName(in reader, buffer);");
            w.Line("return name.Length switch");
            w.Line("{");
            using (w.Indent())
            {
                foreach ((int length, int index, string name) in names)
                {
                    w.Line(CSharp.Number(length) + " when name.SequenceEqual(" + CSharp.Literal(name) + "u8) => " + CSharp.Number(index) + ",");
                }

                w.Line("_ => -1,");
            }

            w.Line("};");
        }
    }
}
