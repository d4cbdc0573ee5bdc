using EdgeJobs.Generators.Names;
using EdgeJobs.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>The names that generated code uses must be reserved, or a schema, member or channel of the same name would hide them.</summary>
public sealed class ReservedNameTests
{
    /// <summary>Every name in the spec begins with Zz; all other names come from an emitter.</summary>
    private const string Marked = """
        { "asyncapi": "3.0.0", "info": { "title": "Zz", "version": "1" },
          "channels": {
            "zzAsk": { "address": "a/{zzP}/{zzQ}", "parameters": { "zzP": { "x-schema": { "type": "string", "maxLength": 5 } },
              "zzQ": { "default": "zz" } }, "messages": { "m": { "$ref": "#/components/messages/zz" } } },
            "zzYes": { "address": "a/{zzP}/{zzQ}/yes", "parameters": { "zzP": { "enum": ["zz"] }, "zzQ": {} },
              "messages": { "m": { "$ref": "#/components/messages/zz" } } },
            "zzTold": { "address": "b", "messages": { "m": { "payload": { "$ref": "#/components/schemas/ZzAny" } } } } },
          "operations": {
            "zzAsk": { "action": "send", "channel": { "$ref": "#/channels/zzAsk" }, "reply": { "channel": { "$ref": "#/channels/zzYes" } },
              "bindings": { "mqtt": { "messageExpiryInterval": 5 } } },
            "zzTold": { "action": "receive", "channel": { "$ref": "#/channels/zzTold" } } },
          "x-jobOperations": { "zzJob": { "document": { "$ref": "#/components/schemas/ZzDocument" }, "match": { "member": "zzAny" } } },
          "components": {
            "messages": { "zz": { "correlationId": { "location": "$message.payload#/zzToken" },
              "payload": { "$ref": "#/components/schemas/ZzAsk" } } },
            "schemas": {
              "ZzAsk": { "type": "object", "properties": {
                "zzToken": { "type": "string", "maxLength": 5 }, "zzSecret": { "type": "string", "format": "password" },
                  "zzOld": { "type": "integer", "deprecated": true, "default": 5 },
                "zzTime": { "type": "string", "format": "date-time" }, "zzId": { "type": "string", "format": "uuid" },
                  "zzBytes": { "type": "string", "format": "byte", "x-maxBytes": 5 },
                "zzMode": { "$ref": "#/components/schemas/ZzMode" }, "zzLevel": { "$ref": "#/components/schemas/ZzLevel" },
                  "zzRaw": { "type": "object", "x-maxBytes": 5 },
                "zzList": { "type": "array", "maxItems": 5, "items": { "type": "number", "minimum": 5 } }, "zzText": { "type": "string",
                  "pattern": "^[^\\p{C}]+$" },
                "zzMap": { "type": "object", "maxProperties": 5, "additionalProperties": { "type": "array", "items": { "type": "string",
                  "pattern": "^[a-z]+$" } } },
                "zzEither": { "type": ["string", "integer"], "maxLength": 5 } } },
              "ZzMode": { "type": "string", "enum": ["zzOn", "zzOff"] },
              "ZzLevel": { "type": "integer", "enum": [1, 2], "x-enum-names": ["ZzOne", "ZzTwo"] },
              "ZzDocument": { "type": "object", "properties": { "zzAny": { "$ref": "#/components/schemas/ZzAny" },
                "zzAsk": { "$ref": "#/components/schemas/ZzAsk" } } },
              "ZzAny": { "oneOf": [{ "type": "object", "properties": { "zzKind": { "const": "zzA" } } }, { "type": "object",
                "properties": { "zzKind": { "const": "zzB" }, "zzN": { "type": "boolean" } } }] } } } }
        """;

    public static TheoryData<string, string> Specs => new()
    {
        { "Zz", Marked },
        { "Jobs", File.ReadAllText(Repository.PathOf("topics.json")) },
        { "Payloads", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "payloads.topics.json")) },
        { "Everything", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json")) },
    };

    [Theory]
    [MemberData(nameof(Specs))]
    public void Every_type_that_generated_code_names_is_reserved(string remark, string spec)
    {
        Compilation compilation = CompiledSpec.Compile(spec, "");
        Assert.Equal([], References(compilation).Where(r => r.IsForeign).Select(r => r.Name).Where(
            n => !ReservedNames.Types.Contains(n)).Distinct().Prepend(remark).Skip(1));
    }

    [Theory]
    [MemberData(nameof(Specs))]
    public void No_method_or_property_can_hide_a_type_that_its_class_uses(string remark, string spec)
    {
        Compilation compilation = CompiledSpec.Compile(spec, "");
        string name = SpecAssert.Model(spec).Name;
        IEnumerable<string> hidden =
            from reference in References(compilation)
            where reference.IsExpression && IsReserved(reference.Class, name, reference.Name) is false
            select $"{remark}: {reference.Name} in {reference.Class}";
        Assert.Equal([], hidden.Distinct());
    }

    [Fact]
    public void Every_member_that_generated_code_adds_is_reserved()
    {
        IEnumerable<INamedTypeSymbol> types = CompiledSpec.Compile(Marked, "").Assembly.GlobalNamespace.GetNamespaceMembers()
            .Single(n => n.Name == "Test")
            .GetNamespaceMembers().Single(n => n.Name == "Specs").GetTypeMembers();
        IEnumerable<string> free =
            from type in types
            from member in type.GetMembers()
            where !member.IsImplicitlyDeclared && member.CanBeReferencedByName
            where !member.Name.Contains("Zz", StringComparison.OrdinalIgnoreCase) && !IsOwn(type, member.Name)
            select type.Name + "." + member.Name;
        Assert.Equal([], free);
    }

    private static bool IsOwn(INamedTypeSymbol type, string member) => type switch
    {
        { Name: "ZzSpec" } => true,
        { Name: "ZzTopicMatch" } => ReservedNames.IsParameter(char.ToLowerInvariant(member[0]) + member[1..], "Zz"),
        { TypeKind: TypeKind.Enum } => member is "Unknown" or "None",
        { IsStatic: true } when type.Name.EndsWith("Extensions", StringComparison.Ordinal) => ReservedNames.EnumMethods.Contains(member),
        { IsStatic: true } => IsReserved(type.Name, "Zz", member) is true,
        _ => ReservedNames.Members.Contains(member)
            || (type.Name is "ZzAnyView" or "UnknownZzAny" && ReservedNames.UnionMembers.Contains(member)),
    };

    /// <summary>Whether a member of a class can't have a name; null for a class whose members have no names of the spec.</summary>
    private static bool? IsReserved(string type, string spec, string name) =>
        type.StartsWith(spec, StringComparison.Ordinal) ? type[spec.Length..] switch
        {
            "Topics" => ReservedNames.IsChannel(name, spec),
            "Operations" => ReservedNames.IsOperation(name, spec),
            "JobOperations" => ReservedNames.IsJobOperation(name, spec),
            _ => null,
        }
    : null;

    private static IEnumerable<(string Class, string Name, bool IsForeign, bool IsExpression)> References(Compilation compilation)
    {
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (IdentifierNameSyntax name in tree.GetRoot().DescendantNodes(descendIntoTrivia: true).OfType<IdentifierNameSyntax>())
            {
                ISymbol? symbol = model.GetSymbolInfo(name).Symbol;
                INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? (name.Parent is AttributeSyntax ? symbol?.ContainingType : null);
                if (type is null || type.ContainingType is not null || name.Parent is QualifiedNameSyntax)
                {
                    continue;
                }

                string owner = name.Ancestors().OfType<BaseTypeDeclarationSyntax>().LastOrDefault()?.Identifier.ValueText ?? "";
                bool isForeign = !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly);
                bool isExpression = name.Parent is MemberAccessExpressionSyntax access && access.Expression == name;
                yield return (owner, name.Identifier.ValueText, isForeign, isExpression);
                if (name.Parent is AttributeSyntax)
                {
                    yield return (owner, type.Name, isForeign, false);
                }
            }
        }
    }
}
