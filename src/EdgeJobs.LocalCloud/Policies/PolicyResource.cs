using EdgeJobs.LocalCloud.Naming;

namespace EdgeJobs.LocalCloud.Policies;

/// <summary>
/// A resource of a statement. The local cloud accepts the same file as AWS: any partition, region and account in an ARN counts as this
/// cloud's. Only wildcards keep their meaning.
/// </summary>
internal sealed class PolicyResource
{
    private const int Fields = 6;

    private readonly PolicyPattern _pattern;

    private PolicyResource(string text, PolicyPattern pattern, string? region, string? account)
    {
        Text = text;
        _pattern = pattern;
        Region = region;
        Account = account;
    }

    public string Text { get; }
    public string? Region { get; }
    public string? Account { get; }

    public IEnumerable<string> Variables => _pattern.Variables;

    /// <summary>Parses a resource.</summary>
    /// <returns>False if it is neither an ARN nor starts with a wildcard.</returns>
    public static bool TryParse(string text, out PolicyResource resource)
    {
        string[] fields = text.Split(':', Fields);
        if (fields[0] != "arn" || fields.Length < 3)
        {
            // "*", "arn*" and the like.
            resource = new PolicyResource(text, PolicyPattern.Parse(text), null, null);
            return IsWild(fields[0]);
        }

        fields[1] = IsWild(fields[1]) || !fields[1].StartsWith("aws", StringComparison.Ordinal) ? fields[1] : Arn.Partition;
        string? region = Replace(fields, 3, Arn.Region);
        string? account = fields.Length == Fields ? Replace(fields, 4, Arn.Account) : null;
        resource = new PolicyResource(text, PolicyPattern.Parse(string.Join(':', fields)), region, account);
        return fields.Length == Fields || IsWild(text);
    }

    public bool Matches(string arn, IPolicyVariables variables) => _pattern.Matches(arn, variables);

    /// <summary>The first variable without a value, or null.</summary>
    public string? Unresolved(IPolicyVariables variables) => _pattern.Unresolved(variables);

    private static string? Replace(string[] fields, int index, string ours)
    {
        if (index >= fields.Length || IsWild(fields[index]))
        {
            return null;
        }

        string named = fields[index];
        fields[index] = ours;
        return named;
    }

    private static bool IsWild(string text) => text.AsSpan().ContainsAny('*', '?');
}
