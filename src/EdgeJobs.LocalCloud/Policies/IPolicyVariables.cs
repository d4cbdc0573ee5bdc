namespace EdgeJobs.LocalCloud.Policies;

/// <summary>What is known about a connection while a policy is evaluated.</summary>
internal interface IPolicyVariables
{
    /// <summary>The values of a policy variable or condition key, such as <c>iot:ClientId</c>.</summary>
    /// <param name="name">The name as the policy has it; <see cref="PolicyVariable.IsKnown"/> is true for it.</param>
    /// <returns>Its values; empty when it has none for this connection.</returns>
    IReadOnlyList<string> ValuesOf(string name);
}
