using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace EdgeJobs.Testing.Architecture;

/// <summary>
/// Reads the types of a compiled assembly, and which of them each uses: in base types, members, signatures, attributes and method bodies.
/// The compiler replaces constants and nameof by their values, so such uses are invisible.
/// </summary>
internal static class AssemblyTypes
{
    public static IReadOnlyList<SourceType> Read(Assembly assembly, string project)
    {
        using var module = ModuleDefinition.ReadModule(assembly.Location);
        var folders = SourceFolders.Read(Path.ChangeExtension(assembly.Location, ".pdb"), project);
        return
        [
            .. module.Types.Select(type => new SourceType(
                type.Name.Split('`')[0],
                type.FullName,
                type.Namespace,
                [.. WithNested(type).SelectMany(part => FoldersOf(part, folders)).Distinct().Order(StringComparer.Ordinal)],
                type.IsPublic,
                [.. WithNested(type).SelectMany(ReferencesOf).SelectMany(NamesOf).Where(name => name != type.FullName).Distinct()])),
        ];
    }

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    private static IEnumerable<string> FoldersOf(TypeDefinition type, ILookup<int, string> folders) =>
        type.Methods.SelectMany(method => folders[method.MetadataToken.ToInt32()]).Concat(folders[type.MetadataToken.ToInt32()]);

    private static IEnumerable<TypeReference?> ReferencesOf(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(implemented => implemented.InterfaceType),
        .. ConstraintsOf(type),
        .. AttributesOf(type),
        .. type.Fields.SelectMany(field => AttributesOf(field).Append(field.FieldType)),
        .. type.Properties.SelectMany(property => AttributesOf(property).Append(property.PropertyType)),
        .. type.Events.SelectMany(@event => AttributesOf(@event).Append(@event.EventType)),
        .. type.Methods.SelectMany(ReferencesOf),
    ];

    private static IEnumerable<TypeReference?> ReferencesOf(MethodDefinition method)
    {
        IEnumerable<TypeReference?> declared =
        [
            .. SignatureOf(method),
            .. ConstraintsOf(method),
            .. AttributesOf(method),
            .. method.Parameters.SelectMany(AttributesOf),
            .. method.Overrides.SelectMany(SignatureOf),
        ];
        return method.HasBody
            ? declared
                .Concat(method.Body.Variables.Select(variable => variable.VariableType))
                .Concat(method.Body.ExceptionHandlers.Select(handler => handler.CatchType))
                .Concat(method.Body.Instructions.SelectMany(OperandOf))
            : declared;
    }

    private static IEnumerable<TypeReference?> OperandOf(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        MethodReference method => SignatureOf(method),
        _ => [],
    };

    private static IEnumerable<TypeReference?> SignatureOf(MethodReference method) =>
    [
        method.DeclaringType,
        method.ReturnType,
        .. method.Parameters.Select(parameter => parameter.ParameterType),
        .. method is GenericInstanceMethod generic ? generic.GenericArguments : [],
    ];

    private static IEnumerable<TypeReference?> ConstraintsOf(IGenericParameterProvider owner) =>
        owner.GenericParameters.SelectMany(parameter => parameter.Constraints.Select(constraint => constraint.ConstraintType));

    private static IEnumerable<TypeReference?> AttributesOf(Mono.Cecil.ICustomAttributeProvider owner) =>
        owner.CustomAttributes.SelectMany(attribute => attribute.ConstructorArguments
            .Concat(attribute.Properties.Select(property => property.Argument))
            .SelectMany(argument => new[] { argument.Type, argument.Value as TypeReference })
            .Append(attribute.AttributeType));

    /// <summary>The full names of the assembly's own top-level types in a reference.</summary>
    private static IEnumerable<string> NamesOf(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(NamesOf).Concat(NamesOf(generic.ElementType)),
        FunctionPointerType pointer => pointer.Parameters.Select(parameter => parameter.ParameterType)
            .Append(pointer.ReturnType).SelectMany(NamesOf),
        RequiredModifierType modified => NamesOf(modified.ElementType).Concat(NamesOf(modified.ModifierType)),
        TypeSpecification wrapped => NamesOf(wrapped.ElementType),
        { DeclaringType: { } outer } => NamesOf(outer),
        TypeDefinition own => [own.FullName],
        _ => [],
    };
}
