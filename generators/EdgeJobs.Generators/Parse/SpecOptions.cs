namespace EdgeJobs.Generators.Parse;

/// <summary>What the project says about a spec file, as metadata of its AdditionalFiles item.</summary>
/// <param name="Namespace">The C# namespace of what is generated (<c>Namespace</c>, or the root namespace of the project).</param>
/// <param name="TypePrefix">The prefix of the classes that are generated once, instead of the document's title (<c>TypePrefix</c>).</param>
/// <param name="Role">The side of the document that this project is (<c>Role</c>).</param>
/// <param name="IsStrict">A part of the document that can't be generated is an error (<c>Strict</c>).</param>
/// <param name="HasClient">A client is generated, too (<c>Client</c>).</param>
internal sealed record SpecOptions(
    string Namespace, string TypePrefix = "", SpecRole Role = SpecRole.Application, bool IsStrict = false, bool HasClient = false);

/// <summary>The side of a document.</summary>
internal enum SpecRole
{
    /// <summary>The application that the document describes: it publishes what the operations send.</summary>
    Application,

    /// <summary>The other side: it receives what the operations send, and answers their requests.</summary>
    Peer,
}
