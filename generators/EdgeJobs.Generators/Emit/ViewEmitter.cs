using System.Collections.Generic;
using System.Linq;
using System.Text;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the view of an object: a ref struct that reads a payload in place.</summary>
internal static class ViewEmitter
{
    /// <summary>The parameters of a method that reads a value at the reader's position.</summary>
    public const string ReaderParameters = "scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member";

    /// <summary>The documentation of <c>ToModel</c>.</summary>
    public const string ToModelDocumentation = """
        /// <summary>Creates the model, with copies of all strings.</summary>
        /// <param name="source">The payload of this view. Free-form members become slices of it.</param>
        """;

    public static string Emit(SpecHead spec, ObjectModel model)
    {
        string view = model.Name + "View";
        string collections = model.Members.Any(m => TypeNames.HoldsMap(m.Type)) ? "System.Collections.Generic" : "";
        return SourceFile.Write(spec, ["EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", collections, "System.Text.Json"], $$"""
            {{Summary(model.Name)}}
            {{SourceFile.GeneratedCode}}
            public ref struct {{view}} : IJsonView<{{view}}>
            {
                /// <summary>True when the object is present.</summary>
                public bool HasValue { get; private set; }

                {{Code.Blocks(model.Members.Select(m => Property(spec, model, m)))}}

                {{model.Members.Where(m => m.Type is EnumRef).Select(m => $"private JsonText {ModelEmitter.UnknownName(m)};")}}

                {{ReadPayload(view)}}

                {{ReadValue(model, view)}}

                {{ToModel(model)}}

                {{Code.Blocks(model.Members.SelectMany(m => Conversions(m.Type, "To" + m.Name)))}}

                {{FindMember(model)}}
            }
            """);
    }

    public static Code Summary(string model) =>
        $"/// <summary>Reads a <see cref=\"{model}\"/> in place, without allocations. "
        + $"Its slices of the payload are valid as long as the payload is not modified.</summary>";

    /// <summary>The method that reads a whole payload.</summary>
    public static Code ReadPayload(string view) => $$"""
        /// <summary>Reads a payload.</summary>
        /// <param name="utf8Json">One JSON object in UTF-8.</param>
        /// <param name="view">Slices of <paramref name="utf8Json"/>.</param>
        /// <param name="error">The error if the result is false.</param>
        public static bool TryRead(ReadOnlySpan<byte> utf8Json, out {{view}} view, out CodecError error) =>
            MessageReader.TryRead(utf8Json, out view, out error);
        """;

    private static Code Property(SpecHead spec, ObjectModel model, MemberModel member) => member.IsOnRequest ? OnRequest(member) : $$"""
        {{Documentation.Summary(Or(member.Description, $"The member `{member.JsonName}`."))}}
        public {{TypeNames.ViewProperty(member.Type)}} {{member.Name}} { get; private set; }

        {{DefaultEmitter.Emit(spec, model, member, isView: true)}}
        """;

    /// <summary>A member that leads back to its object: a field of its type would make the struct contain itself.</summary>
    private static Code OnRequest(MemberModel member) => $$"""
        private ReadOnlySpan<byte> {{Slice(member)}};

        {{Documentation.Summary(Or(member.Description, $"The member `{member.JsonName}`."), "It is read again with each access.")}}
        public readonly {{TypeNames.View(member.Type)}} {{member.Name}}
        {
            get
            {
                MessageReader.TryReadAgain({{Slice(member)}}, out {{TypeNames.View(member.Type)}} view);
                return view;
            }
        }
        """;

    /// <summary>The field with the JSON text of a member that is read on request.</summary>
    private static string Slice(MemberModel member) => "_" + Camel(member.Name).TrimStart('@') + "Json";

    private static Code ReadValue(ObjectModel model, string view) => $$"""
        /// <inheritdoc/>
        public static bool TryRead({{ReaderParameters}}, out {{view}} view, scoped ref CodecError error)
        {
            view = default;
            int start = (int)reader.TokenStartIndex;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                error = new CodecError(CodecErrorKind.WrongType, member, start);
                return false;
            }

            view.HasValue = true;
            {{(model.Union is { IsRequired: true } ? "bool isAlternative = false;" : "")}}
            {{(Rest(model) is null ? "" : "int rest = 0;")}}
            {{model.Members.Where(m => m.IsNullable).Select(m => $"bool {IsPresent(m)} = false;")}}
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                {{(JsonNames(model).Count == 0 ? SkipMember() : ReadMember(model))}}
            }

            {{(model.Union is { IsRequired: true } union ? RequireMember("!isAlternative", union.Discriminator.JsonName) : null)}}

            {{Code.Blocks(model.Members.Where(m => m.IsRequired).Select(RequireMember))}}

            {{(Rest(model) is { } member ? KeepRest(member, model) : "")}}
            return true;
        }
        """;

    /// <summary>The member that holds those that the object does not list, or null.</summary>
    private static MemberModel? Rest(ObjectModel model) => model.Members.FirstOrDefault(m => m.Type is RestRef);

    private static Code ReadRest(MemberModel member) => $"""
        read = {TypeNames.View(member.Type.Inner!)}.TryRead(ref reader, source, "", out _, ref error);
        rest++;
        """;

    private static string KeepRest(MemberModel member, ObjectModel model)
    {
        string listed = ChoiceViewEmitter.Names(new EquatableArray<string>(JsonNames(model)));
        return $"view.{member.Name} = {TypeNames.View(member.Type)}.Of(source[start..(int)reader.BytesConsumed], {listed}, rest);";
    }

    private static Code SkipMember() => $"""
        reader.Read();
        reader.Skip();
        """;

    /// <summary>The error names the innermost member; each object around it adds its own name.</summary>
    private static Code ReadMember(ObjectModel model) => $$"""
        int index = FindMember(ref reader);
        reader.Read();
        {{model.Members.Select((m, i) => m.IsNullable ? $"{IsPresent(m)} |= index == {i};" : "").Where(line => line.Length > 0)}}
        if (reader.TokenType == JsonTokenType.Null{{(Rest(model) is null ? "" : " && index >= 0")}})
        {
            continue;
        }

        bool read = true;
        switch (index)
        {
            {{model.Members.Where(m => m.Type is not RestRef).Select(MemberCase)}}
            {{(model.Union is { } union ? DiscriminatorCase(union, JsonNames(model).Count - 1) : null)}}
            default:
                {{(Rest(model) is { } rest ? ReadRest(rest) : (Code)$"reader.Skip();")}}
                break;
        }

        if (!read)
        {
            error = member.Length == 0 ? error : error.Within(member);
            return false;
        }
        """;

    private static Code MemberCase(MemberModel member, int index) => $"""
        case {index}:
            {Read(member, Literal(member.JsonName))}
            {KeepUnknown(member)}
            break;
        """;

    /// <summary>The names of the members on the wire, with that of the discriminator at the end.</summary>
    private static List<string> JsonNames(ObjectModel model) => model.Members.Where(m => m.Type is not RestRef).Select(m => m.JsonName)
        .Concat(model.Union is { } union ? [union.Discriminator.JsonName] : Enumerable.Empty<string>()).ToList();

    private static Code DiscriminatorCase(UnionBase union, int index)
    {
        string name = Literal(union.Discriminator.JsonName);
        return $"""
            case {index}:
                read = JsonDiscriminator.TryReadText(ref reader, {name}, {Literal(union.Wire)}u8, ref error);
                {(union.IsRequired ? "isAlternative = true;" : "")}
                break;
            """;
    }

    public static Code? KeepUnknown(MemberModel member) => member.Type is not EnumRef ? null : (Code)$$"""
        view.{{ModelEmitter.UnknownName(member)}} = view.{{member.Name}} == default({{TypeNames.Model(member.Type)}}) ? {{Camel(member.Name).TrimStart('@')}}Value : default;
        """;

    /// <summary>Statements that read a member at the reader's position into its property: <c>read</c> is false if that fails.</summary>
    /// <param name="member">The member.</param>
    /// <param name="name">Its name for errors, as an expression.</param>
    public static Code Read(MemberModel member, string name)
    {
        string local = Camel(member.Name).TrimStart('@') + "Value";
        string view = TypeNames.View(member.Type);
        if (member.IsOnRequest)
        {
            string start = Camel(member.Name).TrimStart('@') + "Start";
            return $"""
                int {start} = (int)reader.TokenStartIndex;
                read = {view}.TryRead(ref reader, source, {name}, out _, ref error);
                view.{Slice(member)} = read ? source[{start}..(int)reader.BytesConsumed] : default;
                """;
        }

        string result = member.Type switch
        {
            EnumRef e => $"{e.Name}Extensions.Read{e.Name}({local})",
            NumericEnumRef e => $"({e.Name}){local}.Value",
            _ when TypeNames.IsScalar(member.Type) => local + ".Value",
            _ => local,
        };
        string kinds = member.Type is AnyTypeRef { Alternatives.Count: > 0 }
            ? $" && {local}.Is({TypeNames.Kinds(member.Type)}, {name}, source, ref error)"
            : "";
        return $"""
            read = {view}.TryRead(ref reader, source, {name}, out {view} {local}, ref error){kinds};
            view.{member.Name} = {result};
            """;
    }

    private static Code RequireMember(MemberModel member)
    {
        bool isNullable = TypeNames.IsScalar(member.Type) || member.Type is EnumRef;
        string absent = member switch
        {
            { IsNullable: true } => "!" + IsPresent(member),
            { IsOnRequest: true } => $"view.{Slice(member)}.IsEmpty",
            _ => isNullable ? $"view.{member.Name} is null" : $"!view.{member.Name}.HasValue",
        };
        return RequireMember(absent, member.JsonName);
    }

    private static Code RequireMember(string absent, string jsonName)
    {
        string path = $"member.Length == 0 ? {Literal(jsonName)} : member + {Literal("." + jsonName)}";
        return $$"""
            if ({{absent}})
            {
                error = new CodecError(CodecErrorKind.MissingMember, {{path}}, start);
                return false;
            }
            """;
    }

    private static Code ToModel(ObjectModel model)
    {
        if (model.Members.Count == 0)
        {
            return $"""
                {ToModelDocumentation}
                public readonly {model.Name} ToModel(ReadOnlyMemory<byte> source) => new();
                """;
        }

        return $$"""
            {{ToModelDocumentation}}
            public readonly {{model.Name}} ToModel(ReadOnlyMemory<byte> source) => new()
            {
                {{model.Members.Select(m => $"{m.Name} = {MemberConversion(m)},")}}
                {{model.Members.Where(m => m.Type is EnumRef).Select(ModelEmitter.UnknownName).Select(n => $"{n} = {n}.ToText(),")}}
            };
            """;
    }

    /// <summary>A member of a view as a member of the model.</summary>
    public static string MemberConversion(MemberModel member)
    {
        string name = member.Name;
        string? ifPresent = member.Type switch
        {
            BytesRef => name + ".ToByteString()",
            ObjectRef or UnionRef => name + ".ToModel(source)",
            ArrayRef or MapRef => $"To{name}({name}, source)",
            _ => null,
        };
        if (ifPresent is not null)
        {
            return member.IsAlwaysSet ? ifPresent : $"{name}.HasValue ? {ifPresent} : null";
        }

        return name + member.Type switch
        {
            StringRef => member.IsAlwaysSet ? ".ToString()" : ".ToText()",
            RawObjectRef or AnyTypeRef => ".ToRawJson(source)",
            _ => member.IsAlwaysSet ? ".GetValueOrDefault()" : "",
        };
    }

    /// <summary>The methods that turn arrays and maps into models, the inner ones first.</summary>
    public static IEnumerable<Code> Conversions(TypeRef type, string method)
    {
        if (type.Inner is not { } inner)
        {
            yield break;
        }

        foreach (Code conversion in Conversions(inner, type is NullableRef ? method : method + "Item"))
        {
            yield return conversion;
        }

        if (type is NullableRef)
        {
            yield break;
        }

        (string view, string model, string element) = (TypeNames.View(type), TypeNames.Model(type), TypeNames.Model(inner));
        (string each, string item, string value, string wrap) = type is ArrayRef
            ? (TypeNames.View(inner), element, Converted(inner, "item", method), "ValueList")
            : (
                $"JsonMap<{TypeNames.View(inner)}>.Entry",
                $"KeyValuePair<string, {element}>",
                $"new(item.Key.ToString(), {Converted(inner, "item.Value", method)})",
                model);
        if (TypeNames.IsEnum(inner))
        {
            yield return type is ArrayRef ? EnumArray(view, inner, method) : EnumMap(view, inner, method);
            yield break;
        }

        yield return $$"""
            private static {{model}} {{method}}({{view}} view, ReadOnlyMemory<byte> source)
            {
                int index = 0;
                {{item}}[] items = new {{item}}[view.Count];
                foreach ({{each}} item in view)
                {
                    items[index++] = {{value}};
                }

                return {{wrap}}.Wrap(items);
            }
            """;
    }

    /// <summary>The conversion of an array of enums, which keeps the texts of unknown ones.</summary>
    private static Code EnumArray(string view, TypeRef element, string method) => $$"""
        private static ValueList<{{TypeNames.Model(element)}}> {{method}}({{view}} view, ReadOnlyMemory<byte> source)
        {
            int index = 0;
            string?[]? unknown = null;
            {{TypeNames.Model(element)}}[] items = new {{TypeNames.Model(element)}}[view.Count];
            foreach ({{TypeNames.View(element)}} item in view)
            {
                items[index] = {{Converted(element, "item", method)}};
                if (items[index] == default({{EnumOf(element)}}))
                {
                    (unknown ??= new string?[view.Count])[index] = {{TextOf(element, "item")}}.ToText();
                }

                index++;
            }

            return ValueList.WrapEnums(items, unknown);
        }
        """;

    /// <summary>The conversion of a map of enums, which keeps the texts of unknown ones.</summary>
    private static Code EnumMap(string view, TypeRef value, string method) => $$"""
        private static ValueMap<{{TypeNames.Model(value)}}> {{method}}({{view}} view, ReadOnlyMemory<byte> source)
        {
            int index = 0;
            List<KeyValuePair<string, string>> unknown = [];
            KeyValuePair<string, {{TypeNames.Model(value)}}>[] items = new KeyValuePair<string, {{TypeNames.Model(value)}}>[view.Count];
            foreach (JsonMap<{{TypeNames.View(value)}}>.Entry item in view)
            {
                items[index] = new(item.Key.ToString(), {{Converted(value, "item.Value", method)}});
                if (items[index].Value == default({{EnumOf(value)}}))
                {
                    unknown.Add(new(items[index].Key, {{TextOf(value, "item.Value")}}.ToString()));
                }

                index++;
            }

            return ValueMap<{{TypeNames.Model(value)}}>.WrapEnums(items, unknown.Count == 0 ? null : ValueMap<string>.Wrap([.. unknown]));
        }
        """;

    private static string EnumOf(TypeRef type) => TypeNames.Model((type as NullableRef)?.Value ?? type);

    private static string TextOf(TypeRef type, string value) => type is NullableRef ? value + ".Value" : value;

    /// <summary>A value of a view as one of the model.</summary>
    public static string Converted(TypeRef type, string value, string method) => type switch
    {
        StringRef => value + ".ToString()",
        EnumRef e => $"{e.Name}Extensions.Read{e.Name}({value})",
        NumericEnumRef e => $"({e.Name}){value}.Value",
        _ when TypeNames.IsScalar(type) => value + ".Value",
        BytesRef => value + ".ToByteString()",
        RawObjectRef or AnyTypeRef => value + ".ToRawJson(source)",
        ObjectRef or UnionRef => value + ".ToModel(source)",
        NullableRef n => $"{value}.HasValue ? {Converted(n.Value, value + ".Value", method)} : "
            + (TypeNames.IsRaw(n.Value) ? "default" : "null"),
        _ => $"{method}Item({value}, source)",
    };

    /// <summary>The local that notes the presence of a member that may be null.</summary>
    private static string IsPresent(MemberModel member) => $"is{member.Name}Present";

    private static Code? FindMember(ObjectModel model)
    {
        List<string> names = JsonNames(model);
        if (names.Count == 0)
        {
            return null;
        }

        // Room for a name whose every character is written as an escape of six bytes.
        int longest = names.Max(Length) * 6;
        IEnumerable<Code> cases = names.Select((name, index) => (name, index)).OrderBy(m => Length(m.name))
            .Select(Code (m) => $"{Length(m.name)} when name.SequenceEqual({Literal(m.name)}u8) => {m.index},");
        return $$"""
            /// <summary>The index of the member at the reader's position, or -1.</summary>
            private static int FindMember(scoped ref readonly Utf8JsonReader reader)
            {
                Span<byte> buffer = stackalloc byte[{{longest}}];
                ReadOnlySpan<byte> name = JsonScalars.MemberName(in reader, buffer);
                return name.Length switch
                {
                    {{cases}}
                    _ => -1,
                };
            }
            """;

        static int Length(string name) => Encoding.UTF8.GetByteCount(name);
    }
}
