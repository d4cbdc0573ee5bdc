using System.Collections.Immutable;
using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Policies;
using EdgeJobs.LocalCloud.Registry;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.LocalCloud.Jobs;

// Certificates, their attachments, and policies.
internal sealed partial class JobsService
{
    public Result<DeviceCertificate> AddCertificate(string id, string pem, bool active) =>
        Execute(transaction => CertificateRegistry.Add(transaction, id, pem, active));

    /// <summary>Looks up the certificate of a connection, and registers one from before certificates were recorded.</summary>
    public Result<DeviceCertificate> AdmitCertificate(string id, string pem, string commonName) =>
        State.Certificates.TryGetValue(id, out DeviceCertificate? known)
            ? known
            : Execute(transaction => CertificateRegistry.Admit(transaction, id, pem, commonName));

    public Result<DeviceCertificate> DescribeCertificate(string id) =>
        State.FindCertificate(id) is { } certificate ? certificate : CertificateRegistry.NoCertificate(id);

    public Page<DeviceCertificate> ListCertificates(int maxResults = MaxResults, string? nextToken = null) => Page.Of(
        State.Certificates.Values.Where(static certificate => certificate.Status != CertificateStatus.Deleted).OrderBy(
            static certificate => certificate.Id, StringComparer.Ordinal),
        static certificate => certificate.Id,
        maxResults,
        nextToken);

    /// <summary>Changes a certificate's status. If it is no longer active, its connections are closed at their next packet.</summary>
    public ServiceError? UpdateCertificate(string id, CertificateStatus status) =>
        Execute(transaction => CertificateRegistry.SetStatus(transaction, id, status));

    public ServiceError? DeleteCertificate(string id, bool force = false) =>
        Execute(transaction => CertificateRegistry.Delete(transaction, id, force));

    public bool IsCertificateActive(string id) => State.FindCertificate(id) is { Status: CertificateStatus.Active };

    /// <summary>Whether a client may do something, by the current policies.</summary>
    public PolicyDecision Authorize(ClientIdentity client, string action, string arn) => Authorization.Of(State, client, action, arn);

    public ServiceError? AttachThingPrincipal(string thingName, string certificateId) =>
        Execute(transaction => CertificateRegistry.SetAttached(transaction, thingName, certificateId, attach: true));

    public ServiceError? DetachThingPrincipal(string thingName, string certificateId) =>
        Execute(transaction => CertificateRegistry.SetAttached(transaction, thingName, certificateId, attach: false));

    public Result<IReadOnlyList<DeviceCertificate>> ListThingPrincipals(string thingName)
    {
        ServiceState state = State;
        return state.Things.ContainsKey(thingName)
            ? new Result<IReadOnlyList<DeviceCertificate>>([.. state.CertificatesOfThing(thingName)])
            : ThingRegistry.NoThing(thingName);
    }

    public Result<Policy> CreatePolicy(string name, string json) =>
        WithNotes(Execute(transaction => PolicyRegistry.Create(transaction, name, json)));

    public Result<Policy> CreatePolicyVersion(string name, string json, bool setAsDefault) =>
        WithNotes(Execute(transaction => PolicyRegistry.AddVersion(transaction, name, json, setAsDefault)));

    public Result<Policy> GetPolicy(string name) =>
        State.Policies.TryGetValue(name, out Policy? policy) ? policy : PolicyRegistry.NoPolicy(name);

    public Page<Policy> ListPolicies(int maxResults = MaxResults, string? nextToken = null) =>
        Page.Of(State.Policies.Values, static policy => policy.Name, maxResults, nextToken);

    public ServiceError? SetDefaultPolicyVersion(string name, int number) =>
        Execute(transaction => PolicyRegistry.SetDefaultVersion(transaction, name, number));

    public ServiceError? DeletePolicyVersion(string name, int number) =>
        Execute(transaction => PolicyRegistry.DeleteVersion(transaction, name, number));

    public ServiceError? DeletePolicy(string name) => Execute(transaction => PolicyRegistry.Delete(transaction, name));

    /// <summary>
    /// Attaches a policy to a certificate or a thing group. It applies from the next packet on, also to connected clients.
    /// </summary>
    public ServiceError? AttachPolicy(string name, PolicyTarget target) =>
        Execute(transaction => PolicyRegistry.SetAttached(transaction, name, target, attach: true));

    public ServiceError? DetachPolicy(string name, PolicyTarget target) =>
        Execute(transaction => PolicyRegistry.SetAttached(transaction, name, target, attach: false));

    public Result<ImmutableSortedSet<string>> ListAttachedPolicies(PolicyTarget target) =>
        PolicyRegistry.PoliciesOf(State, target) is { } policies ? policies : ServiceError.NotFound($"There is no {target}");

    public Result<IReadOnlyList<PolicyTarget>> ListTargetsForPolicy(string name)
    {
        ServiceState state = State;
        return state.Policies.ContainsKey(name)
            ? new Result<IReadOnlyList<PolicyTarget>>([.. state.TargetsOfPolicy(name)])
            : PolicyRegistry.NoPolicy(name);
    }

    private Result<Policy> WithNotes(Result<Policy> result)
    {
        foreach (string note in result.Value?.Versions[^1].Document.Notes ?? [])
        {
            LogPolicyNote(result.Value!.Name, note);
        }

        return result;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Policy {Name}: {Note}")]
    private partial void LogPolicyNote(string name, string note);
}
