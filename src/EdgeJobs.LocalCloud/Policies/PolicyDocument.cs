namespace EdgeJobs.LocalCloud.Policies;

/// <summary>A parsed and validated AWS IoT Core policy document.</summary>
/// <param name="Notes">Warnings for the author, one line each: for example a variable that never has a value.</param>
internal sealed record PolicyDocument(IReadOnlyList<PolicyStatement> Statements, IReadOnlyList<string> Notes)
{
    /// <summary>The largest document, in characters without white space.</summary>
    public const int MaxCharacters = 2048;

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
