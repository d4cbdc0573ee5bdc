using EdgeJobs.LocalCloud.Policies;

namespace EdgeJobs.LocalCloud.Tests.Policies;

/// <summary>A connection whose variables the test sets.</summary>
internal sealed class Connection(params (string Name, string[] Values)[] variables) : IPolicyVariables
{
    /// <summary>pump-7 under its own name, from 10.1.2.3.</summary>
    public static Connection Pump { get; } = new(
        (PolicyVariable.ClientId, ["pump-7"]),
        (PolicyVariable.SourceIp, ["10.1.2.3"]),
        (PolicyVariable.ThingName, ["pump-7"]),
        (PolicyVariable.IsAttached, ["true"]),
        ("iot:Connection.Thing.Attributes[site]", ["north"]),
        ("iot:Certificate.Subject.CommonName", ["*"]),
        ("iot:Certificate.Subject.Organization.List", ["Acme", "Blue"]));

    /// <summary>A client whose certificate is not attached to a thing.</summary>
    public static Connection Stranger { get; } = new((PolicyVariable.ClientId, ["+"]), (PolicyVariable.IsAttached, ["false"]));

    public IReadOnlyList<string> ValuesOf(string name) => Array.Find(variables, variable => variable.Name == name).Values ?? [];
}
