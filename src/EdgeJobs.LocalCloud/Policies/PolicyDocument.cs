namespace EdgeJobs.LocalCloud.Policies;

/// <summary>An AWS IoT Core policy document that was read and checked.</summary>
/// <param name="Statements">Its statements, in order.</param>
/// <param name="Notes">What the author should know: a variable that will never have a value, a resource of no known kind. One line each.</param>
internal sealed record PolicyDocument(IReadOnlyList<PolicyStatement> Statements, IReadOnlyList<string> Notes)
{
    /// <summary>The largest document, in characters that aren't white space.</summary>
    public const int MaxCharacters = 2048;

    /// <summary>Reads a document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="document">The document, taken apart.</param>
    /// <param name="fault">What is wrong with it and where.</param>
    public static bool TryParse(string json, out PolicyDocument document, out string fault)
    {
        try
        {
            document = PolicyReader.Read(json);
            fault = string.Empty;
            return true;
        }
        catch (PolicyException e)
        {
            document = null!;
            fault = e.Message;
            return false;
        }
    }
}
