namespace EdgeJobs.LocalCloud.Policies;

/// <summary>The values of a connection's policy variables.</summary>
internal interface IPolicyVariables
{
    /// <summary>The values of a policy variable or condition key, such as <c>iot:ClientId</c>.</summary>
    /// <param name="name">The name as written in the policy; <see cref="PolicyVariable.IsKnown"/> is true for it.</param>
    /// <returns>Its values; empty if it has none for this connection.</returns>
    IReadOnlyList<string> ValuesOf(string name);
}
