using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Policies;

namespace EdgeJobs.LocalCloud.Identity;

/// <summary>Decides what a client may do, from the policies of its certificate and of its thing's groups.</summary>
internal static class Authorization
{
    public static PolicyDecision Of(ServiceState state, ClientIdentity client, string action, string arn)
    {
        if (state.FindCertificate(client.CertificateId) is not { } certificate)
        {
            return new PolicyDecision(false, "the certificate is not registered");
        }

        if (certificate.Status != CertificateStatus.Active)
        {
            return new PolicyDecision(false, $"the certificate is {certificate.Status.ToWireString()}");
        }

        // As on AWS, the thing of a connection is the one whose name is the client id, if the certificate is attached to it.
        string? thing = certificate.Things.Contains(client.ClientId) ? client.ClientId : null;
        List<(string, PolicyDocument)> policies = [];
        Add(certificate.Policies);
        if (thing is not null)
        {
            foreach (ThingGroup group in state.Groups.Values)
            {
                if (!group.Policies.IsEmpty && group.Members.Contains(thing))
                {
                    Add(group.Policies);
                }
            }
        }

        return PolicyDecision.Of(
            policies, action, arn, new Variables(client, thing, thing is null ? null : state.Things.GetValueOrDefault(thing)));

        void Add(IEnumerable<string> names)
        {
            foreach (string name in names)
            {
                policies.Add((name, state.Policies[name].Default.Document));
            }
        }
    }

    private sealed class Variables(ClientIdentity client, string? thingName, Thing? thing) : IPolicyVariables
    {
        public IReadOnlyList<string> ValuesOf(string name)
        {
            if (name.StartsWith(PolicyVariable.Attributes, StringComparison.Ordinal))
            {
                string attribute = name[PolicyVariable.Attributes.Length..^1];
                foreach (KeyValuePair<string, string> known in thing?.Attributes ?? [])
                {
                    if (known.Key == attribute)
                    {
                        return [known.Value];
                    }
                }

                return [];
            }

            return name switch
            {
                PolicyVariable.ThingName => thingName is null ? [] : [thingName],
                PolicyVariable.IsAttached => [thingName is null ? "false" : "true"],
                PolicyVariable.ThingTypeName => thing?.TypeName is { } type ? [type] : [],
                _ => client.ValuesOf(name),
            };
        }
    }
}
