using EdgeJobs.Client;
using EdgeJobs.Runtime.Provisioning;

namespace EdgeJobs.Runtime.Tests.Provisioning;

public sealed class ProvisioningMachineTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Secret Key = new("KEY");
    private static readonly IdentityState.Issued Issued = new(Key, false, "c1", "PEM", new Secret("TOKEN"), Now, 0);
    private static readonly IdentityState.Registered Registered = new(Key, "c1", "PEM", "pump-7", null);
    private readonly ProvisioningMachine _machine = new("pumps", null, isKeyOfService: false);

    [Fact]
    public void Steps_are_key_certificate_thing_connection()
    {
        Assert.IsType<ProvisioningStep.MakeKey>(_machine.Next(IdentityState.Empty.Instance, Now));
        Assert.Equal(new ProvisioningStep.AskCertificate(Key), _machine.Next(new IdentityState.KeyMade(Key), Now));
        Assert.Equal(new ProvisioningStep.Register(Issued with { Presentations = 1 }), _machine.Next(Issued, Now));
        Assert.Equal(new ProvisioningStep.Verify(Registered, "pump-7"), _machine.Next(Registered, Now));
        IdentityState.Complete complete = new("c1", "pump-7", "pumps", Now, null);
        Assert.Equal(new ProvisioningStep.Done(complete), _machine.Next(complete, Now));
    }

    [Fact]
    public void Board_creates_no_key_if_the_service_does()
    {
        ProvisioningMachine machine = new("pumps", null, isKeyOfService: true);
        Assert.IsType<ProvisioningStep.AskKeys>(machine.Next(IdentityState.Empty.Instance, Now));
        Assert.IsType<ProvisioningStep.AskKeys>(machine.Next(new IdentityState.KeyMade(Key), Now));
    }

    [Theory]
    [InlineData(54, true)]
    [InlineData(55, false)]
    [InlineData(-1, false)]
    public void Token_is_used_for_55_minutes_unless_the_clock_was_set_back(int minutes, bool isUsed)
    {
        ProvisioningStep step = _machine.Next(Issued, Now.AddMinutes(minutes));
        if (isUsed)
        {
            Assert.IsType<ProvisioningStep.Register>(step);
            return;
        }

        // The board keeps its own key; a key of the service is dropped with its certificate.
        Assert.Equal(new IdentityState.KeyMade(Key), Assert.IsType<ProvisioningStep.GoBack>(step).State);
        step = _machine.Next(Issued with { IsKeyOfService = true }, Now.AddMinutes(minutes));
        Assert.Equal(IdentityState.Empty.Instance, Assert.IsType<ProvisioningStep.GoBack>(step).State);
    }

    [Fact]
    public void Refusal_is_final_and_names_what_to_check()
    {
        ProvisioningVerdict verdict = Refuse(presentations: 1, 400, "InvalidParameters", "SerialNumber is missing");
        Assert.Equal((VerdictKind.Stop, ExitCode.Refused), (verdict.Kind, verdict.ExitCode));
        Assert.Equal(
            "the template 'pumps' refused this board: InvalidParameters (400): SerialNumber is missing; compare --provisioning_template and --provisioning_parameters with the template, and check its hook and its role",
            verdict.Reason);

        // The certificate is kept: the next start uses it again.
        Assert.Equal(Issued, verdict.State);
    }

    [Theory]
    [InlineData(429, "")]
    [InlineData(400, "ThrottlingException")]
    public void Throttled_request_does_not_count_as_sent(int status, string code)
    {
        ProvisioningVerdict verdict = Refuse(presentations: 1, status, code, "");
        Assert.Equal((VerdictKind.Retry, (IdentityState)Issued, ExitCode.CanNotConnect), (verdict.Kind, verdict.State, verdict.ExitCode));
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(0, "InternalError")]
    public void Service_fault_may_have_used_the_token(int status, string code)
    {
        ProvisioningVerdict verdict = Refuse(presentations: 1, status, code, "");
        Assert.Equal((VerdictKind.Retry, (IdentityState)(Issued with { Presentations = 1 })), (verdict.Kind, verdict.State));
    }

    [Theory]
    [InlineData(1, "InvalidCertificateOwnershipToken", 0, true)]
    [InlineData(2, "AccessDenied", 0, true)]
    [InlineData(1, "AccessDenied", 0, false)]
    [InlineData(2, "InvalidCertificateOwnershipToken", 1, false)]
    public void Token_that_may_be_used_is_replaced_once(int presentations, string code, int renewals, bool isRenewed)
    {
        ProvisioningVerdict verdict = Refuse(presentations, 403, code, "", renewals);
        Assert.Equal((isRenewed, isRenewed ? VerdictKind.Retry : VerdictKind.Stop), (verdict.IsRenewal, verdict.Kind));
        // A refusal that no earlier request can have caused leaves the token unused.
        IdentityState kept = renewals == 0 ? Issued : Issued with { Presentations = presentations };
        Assert.Equal(isRenewed ? new IdentityState.KeyMade(Key) : kept, verdict.State);
    }

    [Fact]
    public void Unsent_request_does_not_count()
    {
        ProvisioningStep step = _machine.Next(Issued, Now);
        ProvisioningReply.None none = new(ConnectFailureKind.Unreachable, "no route");
        IdentityState presented = Issued with { Presentations = 1 };
        Assert.Equal(Issued, _machine.Judge(step, presented, none, Now, 0).State);
        Assert.Equal(presented, _machine.Judge(step, presented, none with { MayHaveActed = true }, Now, 0).State);
    }

    [Theory]
    [InlineData(ConnectFailureKind.Credentials, VerdictKind.Stop, ExitCode.Usage)]
    [InlineData(ConnectFailureKind.Refused, VerdictKind.Stop, ExitCode.Refused)]
    [InlineData(ConnectFailureKind.SubscriptionRefused, VerdictKind.Stop, ExitCode.Refused)]
    [InlineData(ConnectFailureKind.Unreachable, VerdictKind.Retry, ExitCode.CanNotConnect)]
    [InlineData(ConnectFailureKind.Tls, VerdictKind.Retry, ExitCode.CanNotConnect)]
    internal void A_claim_certificate_that_is_refused_stays_refused(ConnectFailureKind kind, VerdictKind verdict, int code)
    {
        ProvisioningVerdict judged = _machine.Judge(new ProvisioningStep.AskKeys(), IdentityState.Empty.Instance,
            new ProvisioningReply.None(kind, "why"), Now, 0);
        Assert.Equal((verdict, code, "why"), (judged.Kind, judged.ExitCode, judged.Reason));
    }

    [Fact]
    public void A_new_identity_that_is_refused_may_be_accepted_later()
    {
        ProvisioningVerdict judged = _machine.Judge(
            new ProvisioningStep.Verify(Registered, "pump-7"), Registered,
            new ProvisioningReply.None(ConnectFailureKind.Refused, "not authorized"), Now, 0);
        Assert.Equal((VerdictKind.Retry, ExitCode.Refused, (IdentityState)Registered), (judged.Kind, judged.ExitCode, judged.State));
        Assert.Equal(
            "the board is registered as 'pump-7' but can't connect as it: not authorized; check the policy that the template attaches, and the status of the certificate c1",
            judged.Reason);
    }

    [Fact]
    public void Configured_thing_name_wins_and_one_name_is_required()
    {
        Assert.Equal(
            "mine",
            Assert.IsType<ProvisioningStep.Verify>(new ProvisioningMachine("pumps", "mine", false).Next(Registered, Now)).ThingName);
        ProvisioningStep.Halt halt = Assert.IsType<ProvisioningStep.Halt>(_machine.Next(Registered with { ThingName = null }, Now));
        Assert.Equal(ExitCode.Usage, halt.ExitCode);
        Assert.Contains("--thing_name", halt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_secret_is_in_the_text_of_a_state_or_a_step()
    {
        object[] all = [Issued, Registered, new IdentityState.KeyMade(Key), _machine.Next(Issued, Now), new ProvisioningReply.Key(Key),
            new ProvisioningReply.Certificate(Key, "c", "p", Key)];
        Assert.All(all, one => Assert.DoesNotMatch("KEY|TOKEN", one.ToString()!.Replace("KeyMade", "", StringComparison.Ordinal)));
    }

    private ProvisioningVerdict Refuse(int presentations, int status, string code, string message, int renewals = 0)
    {
        IdentityState.Issued presented = Issued with { Presentations = presentations };
        return _machine.Judge(new ProvisioningStep.Register(presented), presented, new ProvisioningReply.Rejected(status, code, message),
            Now, renewals);
    }
}
