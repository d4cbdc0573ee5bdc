using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>
/// The rules by which a board gets its identity, without any I/O: what is to be done in a state, and what follows from what came
/// of it. A board may lose power before and after each step; the state on the disk is all that it knows then.
/// </summary>
/// <param name="template">The provisioning template.</param>
/// <param name="thingName">The thing that the board was told to be; null when the template names it.</param>
/// <param name="isKeyOfService">The service makes the private key.</param>
internal sealed class ProvisioningMachine(string template, string? thingName, bool isKeyOfService)
{
    /// <summary>
    /// How long a token is used: less than the hour that the service gives it, as the board's clock is not the service's.
    /// </summary>
    public static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(55);

    /// <summary>How many certificates in a row may turn out unusable before it is given up.</summary>
    public const int MaxRenewals = 1;

    /// <summary>What is to be done.</summary>
    /// <param name="state">What is on the disk.</param>
    /// <param name="now">The time.</param>
    public ProvisioningStep Next(IdentityState state, DateTimeOffset now) => state switch
    {
        IdentityState.Complete done => new ProvisioningStep.Done(done),
        IdentityState.Registered registered => NextOf(registered),

        // A clock that was set back tells nothing of the token's age.
        IdentityState.Issued issued when now < issued.IssuedAt || now - issued.IssuedAt >= TokenLife =>
            new ProvisioningStep.GoBack(WithoutCertificate(issued), $"the certificate {issued.CertificateId} was not registered within {TokenLife.TotalMinutes:0} minutes, and the service deletes it"),
        IdentityState.Issued issued => new ProvisioningStep.Register(issued with { Presentations = issued.Presentations + 1 }),
        _ when isKeyOfService => new ProvisioningStep.AskKeys(),
        IdentityState.KeyMade made => new ProvisioningStep.AskCertificate(made.PrivateKey),
        _ => new ProvisioningStep.MakeKey(),
    };

    /// <summary>What follows from what came of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="state">What is on the disk now.</param>
    /// <param name="reply">What came of it.</param>
    /// <param name="now">The time.</param>
    /// <param name="renewals">How many certificates were given up since the board was started.</param>
    public ProvisioningVerdict Judge(ProvisioningStep step, IdentityState state, ProvisioningReply reply, DateTimeOffset now, int renewals) => (step, reply) switch
    {
        (_, ProvisioningReply.None none) => JudgeNone(step, state, none),
        (ProvisioningStep.Register register, ProvisioningReply.Rejected rejected) => JudgeRefusal(register.Presented, rejected, renewals),
        (_, ProvisioningReply.Rejected { IsThrottled: true } or ProvisioningReply.Rejected { IsServiceFault: true }) =>
            new(VerdictKind.TryAgain, state, $"no certificate yet: {((ProvisioningReply.Rejected)reply).Text}", ExitCode.CanNotConnect),
        (_, ProvisioningReply.Rejected rejected) => new(
            VerdictKind.Stop,
            state,
            $"the service refuses to make a certificate: {rejected.Text}; look whether the account may have more certificates, and at its log of AWS IoT",
            ExitCode.Refused),
        (ProvisioningStep.MakeKey, ProvisioningReply.Key key) => new(VerdictKind.GoOn, new IdentityState.KeyMade(key.PrivateKey)),
        (ProvisioningStep.AskKeys or ProvisioningStep.AskCertificate, ProvisioningReply.Certificate made) => new(
            VerdictKind.GoOn,
            new IdentityState.Issued(made.PrivateKey, step is ProvisioningStep.AskKeys, made.CertificateId, made.Pem, made.Token, now, Presentations: 0)),
        (ProvisioningStep.Register { Presented: { } issued }, ProvisioningReply.Thing thing) => new(
            VerdictKind.GoOn,
            new IdentityState.Registered(issued.PrivateKey, issued.CertificateId, issued.Certificate, thing.Name, thing.Configuration)),
        (ProvisioningStep.Verify verify, ProvisioningReply.Connected) => new(
            VerdictKind.GoOn,
            new IdentityState.Complete(verify.Identity.CertificateId, verify.ThingName, template, now, verify.Identity.Configuration)),
        _ => throw new InvalidOperationException($"{reply.GetType().Name} can't come of {step.GetType().Name}"),
    };

    private ProvisioningStep NextOf(IdentityState.Registered registered) => (thingName ?? registered.ThingName) is { } name
        ? new ProvisioningStep.Verify(registered, name)
        : new ProvisioningStep.Halt(
            ExitCode.Usage,
            $"the template '{template}' has registered the certificate {registered.CertificateId} but names no thing; say which thing the board is with --thing_name, or add a resource of the type AWS::IoT::Thing to the template");

    private static ProvisioningVerdict JudgeNone(ProvisioningStep step, IdentityState state, ProvisioningReply.None none)
    {
        int code = none.Kind switch
        {
            ConnectFailureKind.Credentials => ExitCode.Usage,
            ConnectFailureKind.Refused or ConnectFailureKind.SubscriptionRefused => ExitCode.Refused,
            _ => ExitCode.CanNotConnect,
        };

        // A request that never left is not one that went unanswered.
        IdentityState kept = step is ProvisioningStep.Register { Presented: { } presented } && !none.MayHaveActed
            ? presented with { Presentations = presented.Presentations - 1 }
            : state;

        // A certificate that was made active a moment ago may be refused for a while; the claim certificate is not that new.
        bool passes = code == ExitCode.CanNotConnect || (code == ExitCode.Refused && step is ProvisioningStep.Verify);
        bool isRefusedIdentity = none.Kind is ConnectFailureKind.Refused or ConnectFailureKind.SubscriptionRefused or ConnectFailureKind.Tls;
        string reason = step is ProvisioningStep.Verify verify && isRefusedIdentity
            ? $"the board is registered as '{verify.ThingName}' but can't connect as it: {none.Reason}; look at the policy that the template attaches, and at the status of the certificate {verify.Identity.CertificateId}"
            : none.Reason;
        return new(passes ? VerdictKind.TryAgain : VerdictKind.Stop, kept, reason, code);
    }

    private ProvisioningVerdict JudgeRefusal(IdentityState.Issued presented, ProvisioningReply.Rejected rejected, int renewals)
    {
        if (rejected.IsThrottled)
        {
            return new(VerdictKind.TryAgain, presented with { Presentations = presented.Presentations - 1 }, $"not registered yet: {rejected.Text}", ExitCode.CanNotConnect);
        }

        if (rejected.IsServiceFault)
        {
            return new(VerdictKind.TryAgain, presented, $"not registered yet: {rejected.Text}", ExitCode.CanNotConnect);
        }

        // The token may have been used up by a request whose answer was lost: then another certificate is the way out.
        bool isLost = presented.Presentations > 1 || rejected.IsAboutToken;
        if (isLost && renewals < MaxRenewals)
        {
            return new(VerdictKind.TryAgain, WithoutCertificate(presented), $"the certificate {presented.CertificateId} can't be registered ({rejected.Text}); the next attempt is with another one", ExitCode.Refused)
            {
                IsRenewal = true,
            };
        }

        return new(
            VerdictKind.Stop,
            isLost ? presented : presented with { Presentations = 0 },
            $"the template '{template}' refuses this board: {rejected.Text}; compare --provisioning_template and --provisioning_parameters with the template, and look at its hook and its role",
            ExitCode.Refused);
    }

    /// <summary>The key of the board serves the next certificate as well; a key of the service is of no use without its own.</summary>
    private static IdentityState WithoutCertificate(IdentityState.Issued issued) =>
        issued.IsKeyOfService ? IdentityState.Empty.Instance : new IdentityState.KeyMade(issued.PrivateKey);
}
