namespace EdgeJobs.Testing.Architecture;

/// <summary>A top-level type of an assembly. Nested and compiler-generated types count for their outer type.</summary>
/// <param name="Name">The name without namespace and generic arity.</param>
/// <param name="FullName">The metadata name with namespace.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Folders">
/// The folders of the source files below the project, with '/': "" for the project's root; empty for generated code.
/// </param>
/// <param name="IsPublic">Whether other assemblies can name the type.</param>
/// <param name="Uses">The full names of the types of the same assembly that it uses.</param>
public sealed record SourceType(
    string Name, string FullName, string Namespace, IReadOnlyList<string> Folders, bool IsPublic, IReadOnlyCollection<string> Uses);
