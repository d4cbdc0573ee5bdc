using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Policies;

/// <summary>
/// A resource of a statement. A policy is tried here with the very file that goes to AWS: whatever partition, region and account
/// its names have, they count as those of this cloud. Only a wildcard stays what it is.
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

    /// <summary>The resource as the policy has it.</summary>
    public string Text { get; }

    /// <summary>The region that it names, or null.</summary>
    public string? Region { get; }

    /// <summary>The account that it names, or null.</summary>
    public string? Account { get; }

    /// <summary>The names of the variables in it.</summary>
    public IEnumerable<string> Variables => _pattern.Variables;

    /// <summary>Reads a resource.</summary>
    /// <returns>False when it is neither a resource name nor begins with a wildcard.</returns>
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

    /// <summary>True when the statement is about a resource of this cloud.</summary>
    public bool Matches(string arn, IPolicyVariables variables) => _pattern.Matches(arn, variables);

    /// <summary>The first variable of the resource without a value, or null.</summary>
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
