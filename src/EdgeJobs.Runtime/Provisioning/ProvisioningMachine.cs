using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>
/// The rules of provisioning, without I/O: the next step in a state, and the next state after its reply. A board may lose power before
/// and after each step, and then knows only the state on the disk.
/// </summary>
/// <param name="template">The provisioning template.</param>
/// <param name="thingName">The configured thing name; null when the template names the thing.</param>
/// <param name="isKeyOfService">Whether the service creates the private key.</param>
internal sealed class ProvisioningMachine(string template, string? thingName, bool isKeyOfService)
{
    /// <summary>How long a token is used. The service accepts it for an hour, by another clock.</summary>
    public static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(55);

    /// <summary>How many consecutive certificates may be replaced.</summary>
    public const int MaxRenewals = 1;

    /// <summary>The next step in a state.</summary>
    public ProvisioningStep Next(IdentityState state, DateTimeOffset now) => state switch
    {
        IdentityState.Complete done => new ProvisioningStep.Done(done),
        IdentityState.Registered registered => NextOf(registered),

        // After the clock was set back, the age of the token is unknown.
        IdentityState.Issued issued when now < issued.IssuedAt || now - issued.IssuedAt >= TokenLife =>
            new ProvisioningStep.GoBack(
                WithoutCertificate(issued),
                $"the certificate {issued.CertificateId} was not registered within {TokenLife.TotalMinutes:0} minutes, "
                + "and the service deletes it"),
        IdentityState.Issued issued => new ProvisioningStep.Register(issued with { Presentations = issued.Presentations + 1 }),
        _ when isKeyOfService => new ProvisioningStep.AskKeys(),
        IdentityState.KeyMade made => new ProvisioningStep.AskCertificate(made.PrivateKey),
        _ => new ProvisioningStep.MakeKey(),
    };

    /// <summary>Evaluates the reply to a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="state">The state on the disk.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="now">The time.</param>
    /// <param name="renewals">The number of certificates that were replaced since the agent started.</param>
    public ProvisioningVerdict Judge(
        ProvisioningStep step, IdentityState state, ProvisioningReply reply, DateTimeOffset now, int renewals) => (step, reply) switch
        {
            (_, ProvisioningReply.None none) => JudgeNone(step, state, none),
            (ProvisioningStep.Register register, ProvisioningReply.Rejected rejected) =>
                JudgeRefusal(register.Presented, rejected, renewals),
            (_, ProvisioningReply.Rejected { IsThrottled: true } or ProvisioningReply.Rejected { IsServiceFault: true }) =>
                new(VerdictKind.Retry, state, $"no certificate yet: {((ProvisioningReply.Rejected)reply).Text}", ExitCode.CanNotConnect),
            (_, ProvisioningReply.Rejected rejected) => new(
                VerdictKind.Stop,
                state,
                $"the service refused to issue a certificate: {rejected.Text}; check the account's certificate quota and its AWS IoT logs",
                ExitCode.Refused),
            (ProvisioningStep.MakeKey, ProvisioningReply.Key key) => new(VerdictKind.Continue, new IdentityState.KeyMade(key.PrivateKey)),
            (ProvisioningStep.AskKeys or ProvisioningStep.AskCertificate, ProvisioningReply.Certificate made) => new(
                VerdictKind.Continue,
                new IdentityState.Issued(
                    made.PrivateKey, step is ProvisioningStep.AskKeys, made.CertificateId, made.Pem, made.Token, now, Presentations: 0)),
            (ProvisioningStep.Register { Presented: { } issued }, ProvisioningReply.Thing thing) => new(
                VerdictKind.Continue,
                new IdentityState.Registered(issued.PrivateKey, issued.CertificateId, issued.Certificate, thing.Name, thing.Configuration)),
            (ProvisioningStep.Verify verify, ProvisioningReply.Connected) => new(
                VerdictKind.Continue,
                new IdentityState.Complete(verify.Identity.CertificateId, verify.ThingName, template, now, verify.Identity.Configuration)),
            _ => throw new InvalidOperationException($"{reply.GetType().Name} is not a reply to {step.GetType().Name}"),
        };

    private ProvisioningStep NextOf(IdentityState.Registered registered) => (thingName ?? registered.ThingName) is { } name
        ? new ProvisioningStep.Verify(registered, name)
        : new ProvisioningStep.Halt(
            ExitCode.Usage,
            $"the template '{template}' has registered the certificate {registered.CertificateId} but names no thing; "
            + "set --thing_name, or add a resource of the type AWS::IoT::Thing to the template");

    private static ProvisioningVerdict JudgeNone(ProvisioningStep step, IdentityState state, ProvisioningReply.None none)
    {
        int code = none.Kind switch
        {
            ConnectFailureKind.Credentials => ExitCode.Usage,
            ConnectFailureKind.Refused or ConnectFailureKind.SubscriptionRefused => ExitCode.Refused,
            _ => ExitCode.CanNotConnect,
        };

        // A request that was not sent does not count.
        IdentityState kept = step is ProvisioningStep.Register { Presented: { } presented } && !none.MayHaveActed
            ? presented with { Presentations = presented.Presentations - 1 }
            : state;

        // A new certificate may be refused for a while after its activation; the claim certificate is not new.
        bool passes = code == ExitCode.CanNotConnect || (code == ExitCode.Refused && step is ProvisioningStep.Verify);
        bool isRefusedIdentity =
            none.Kind is ConnectFailureKind.Refused or ConnectFailureKind.SubscriptionRefused or ConnectFailureKind.Tls;
        string reason = step is ProvisioningStep.Verify verify && isRefusedIdentity
            ? $"the board is registered as '{verify.ThingName}' but can't connect as it: {none.Reason}; "
                + $"check the policy that the template attaches, and the status of the certificate {verify.Identity.CertificateId}"
            : none.Reason;
        return new(passes ? VerdictKind.Retry : VerdictKind.Stop, kept, reason, code);
    }

    private ProvisioningVerdict JudgeRefusal(IdentityState.Issued presented, ProvisioningReply.Rejected rejected, int renewals)
    {
        if (rejected.IsThrottled)
        {
            IdentityState.Issued unsent = presented with { Presentations = presented.Presentations - 1 };
            return new(VerdictKind.Retry, unsent, $"not registered yet: {rejected.Text}", ExitCode.CanNotConnect);
        }

        if (rejected.IsServiceFault)
        {
            return new(VerdictKind.Retry, presented, $"not registered yet: {rejected.Text}", ExitCode.CanNotConnect);
        }

        // A request whose reply was lost may have used the token: get another certificate.
        bool isLost = presented.Presentations > 1 || rejected.IsAboutToken;
        if (isLost && renewals < MaxRenewals)
        {
            string reason = $"the certificate {presented.CertificateId} can't be registered ({rejected.Text}); "
                + "the next attempt uses another one";
            return new(VerdictKind.Retry, WithoutCertificate(presented), reason, ExitCode.Refused)
            {
                IsRenewal = true,
            };
        }

        return new(
            VerdictKind.Stop,
            isLost ? presented : presented with { Presentations = 0 },
            $"the template '{template}' refused this board: {rejected.Text}; "
                + "compare --provisioning_template and --provisioning_parameters with the template, and check its hook and its role",
            ExitCode.Refused);
    }

    /// <summary>The board's own key is used for the next certificate, too; a key of the service belongs to its certificate.</summary>
    private static IdentityState WithoutCertificate(IdentityState.Issued issued) =>
        issued.IsKeyOfService ? IdentityState.Empty.Instance : new IdentityState.KeyMade(issued.PrivateKey);
}
