namespace EdgeJobs.Generators.Model;

/// <summary>An operation that a job document can request.</summary>
/// <param name="Id">Its key in <c>x-jobOperations</c>.</param>
/// <param name="Name">The same in Pascal case.</param>
/// <param name="Description">Empty when the document has none.</param>
/// <param name="Document">The object type of its job documents.</param>
/// <param name="Member">The member of a job document that identifies its operation.</param>
/// <param name="Value">The value of the member; empty if its presence is enough.</param>
internal sealed record JobOperationModel(string Id, string Name, string Description, string Document, string Member, string Value)
{
    /// <summary>The end of the name of each field with the shape of a type, in the class of job operations.</summary>
    public const string ShapeSuffix = "Shape";
}
