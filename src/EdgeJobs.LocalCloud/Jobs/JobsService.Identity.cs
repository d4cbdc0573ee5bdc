using System.Collections.Immutable;
using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Policies;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.LocalCloud.Jobs;

// Who may connect and what they may do: certificates, what they are attached to, and policies.
internal sealed partial class JobsService
{
    // ---- Certificates

    /// <summary>Keeps a certificate that was just issued.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="pem">The certificate.</param>
    /// <param name="active">Whether it may be used at once.</param>
    public Result<DeviceCertificate> AddCertificate(string id, string pem, bool active) =>
        Do(transaction => CertificateRegistry.Add(transaction, id, pem, active));

    /// <summary>A certificate that connects: the one on record, or one from before there were records, taken in under the thing that its subject names.</summary>
    public Result<DeviceCertificate> AdmitCertificate(string id, string pem, string commonName) =>
        State.Certificates.TryGetValue(id, out DeviceCertificate? known)
            ? known
            : Do(transaction => CertificateRegistry.Admit(transaction, id, pem, commonName));

    /// <summary>One certificate.</summary>
    public Result<DeviceCertificate> DescribeCertificate(string id) =>
        State.FindCertificate(id) is { } certificate ? certificate : CertificateRegistry.NoCertificate(id);

    /// <summary>The certificates by id.</summary>
    public Page<DeviceCertificate> ListCertificates(int maxResults = MaxResults, string? nextToken = null) => Page.Of(
        State.Certificates.Values.Where(static certificate => certificate.Status != CertificateStatus.Deleted).OrderBy(static certificate => certificate.Id, StringComparer.Ordinal),
        static certificate => certificate.Id,
        maxResults,
        nextToken);

    /// <summary>Changes whether a certificate may be used. Connections that use it end with the next packet.</summary>
    public ServiceError? UpdateCertificate(string id, CertificateStatus status) => Do(transaction => CertificateRegistry.SetStatus(transaction, id, status));

    /// <summary>Deletes a certificate that is not active and not attached to a thing.</summary>
    public ServiceError? DeleteCertificate(string id, bool force = false) => Do(transaction => CertificateRegistry.Delete(transaction, id, force));

    /// <summary>True when a certificate may be used.</summary>
    public bool IsCertificateActive(string id) => State.FindCertificate(id) is { Status: CertificateStatus.Active };

    /// <summary>Whether a client may do something, by the policies as they are now.</summary>
    /// <param name="client">The client.</param>
    /// <param name="action">Such as <c>iot:Publish</c>.</param>
    /// <param name="arn">The resource.</param>
    public PolicyDecision Authorize(ClientIdentity client, string action, string arn) => Authorization.Of(State, client, action, arn);

    // ---- What certificates are attached to

    /// <summary>Attaches a certificate to a thing.</summary>
    public ServiceError? AttachThingPrincipal(string thingName, string certificateId) =>
        Do(transaction => CertificateRegistry.SetAttached(transaction, thingName, certificateId, attach: true));

    /// <summary>Detaches a certificate from a thing.</summary>
    public ServiceError? DetachThingPrincipal(string thingName, string certificateId) =>
        Do(transaction => CertificateRegistry.SetAttached(transaction, thingName, certificateId, attach: false));

    /// <summary>The certificates of a thing.</summary>
    public Result<IReadOnlyList<DeviceCertificate>> ListThingPrincipals(string thingName)
    {
        ServiceState state = State;
        return state.Things.ContainsKey(thingName)
            ? new Result<IReadOnlyList<DeviceCertificate>>([.. state.CertificatesOfThing(thingName)])
            : ServiceError.NotFound($"Thing {thingName} is not registered");
    }

    // ---- Policies

    /// <summary>Makes a policy.</summary>
    public Result<Policy> CreatePolicy(string name, string json) => Noted(Do(transaction => PolicyRegistry.Create(transaction, name, json)));

    /// <summary>Adds a version to a policy.</summary>
    public Result<Policy> CreatePolicyVersion(string name, string json, bool setAsDefault) =>
        Noted(Do(transaction => PolicyRegistry.AddVersion(transaction, name, json, setAsDefault)));

    /// <summary>One policy with its versions.</summary>
    public Result<Policy> GetPolicy(string name) => State.Policies.TryGetValue(name, out Policy? policy) ? policy : PolicyRegistry.NoPolicy(name);

    /// <summary>The policies by name.</summary>
    public Page<Policy> ListPolicies(int maxResults = MaxResults, string? nextToken = null) =>
        Page.Of(State.Policies.Values, static policy => policy.Name, maxResults, nextToken);

    /// <summary>Puts another version of a policy in force.</summary>
    public ServiceError? SetDefaultPolicyVersion(string name, int number) => Do(transaction => PolicyRegistry.SetDefaultVersion(transaction, name, number));

    /// <summary>Deletes a version that is not in force.</summary>
    public ServiceError? DeletePolicyVersion(string name, int number) => Do(transaction => PolicyRegistry.DeleteVersion(transaction, name, number));

    /// <summary>Deletes a policy that is attached to nothing.</summary>
    public ServiceError? DeletePolicy(string name) => Do(transaction => PolicyRegistry.Delete(transaction, name));

    /// <summary>Attaches a policy to a certificate or a thing group. It counts from the next packet on, also for those connected.</summary>
    public ServiceError? AttachPolicy(string name, PolicyTarget target) => Do(transaction => PolicyRegistry.SetAttached(transaction, name, target, attach: true));

    /// <summary>Detaches a policy.</summary>
    public ServiceError? DetachPolicy(string name, PolicyTarget target) => Do(transaction => PolicyRegistry.SetAttached(transaction, name, target, attach: false));

    /// <summary>The names of the policies attached to a target.</summary>
    public Result<ImmutableSortedSet<string>> ListAttachedPolicies(PolicyTarget target) =>
        PolicyRegistry.PoliciesOf(State, target) is { } policies ? policies : ServiceError.NotFound($"There is no {target}");

    /// <summary>What a policy is attached to.</summary>
    public Result<IReadOnlyList<PolicyTarget>> ListTargetsForPolicy(string name)
    {
        ServiceState state = State;
        return state.Policies.ContainsKey(name) ? new Result<IReadOnlyList<PolicyTarget>>([.. state.TargetsOfPolicy(name)]) : PolicyRegistry.NoPolicy(name);
    }

    private Result<Policy> Noted(Result<Policy> result)
    {
        foreach (string note in result.Value?.Versions[^1].Document.Notes ?? [])
        {
            PolicyNote(result.Value!.Name, note);
        }

        return result;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Policy {Name}: {Note}")]
    private partial void PolicyNote(string name, string note);
}
