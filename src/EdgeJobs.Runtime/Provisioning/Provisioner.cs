using System.Globalization;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>Carries out what <see cref="ProvisioningMachine"/> says, until the board has its identity or can't get one.</summary>
/// <param name="machine">The rules.</param>
/// <param name="store">What is on the disk.</param>
/// <param name="service">The service.</param>
/// <param name="backoff">How long to wait between attempts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The operator's log.</param>
/// <param name="maxAttempts">How many attempts may fail one after the other.</param>
internal sealed class Provisioner(
    ProvisioningMachine machine,
    IIdentityStore store,
    IProvisioningService service,
    RetryBackoff backoff,
    TimeProvider time,
    ILogger logger,
    int maxAttempts = Provisioner.MaxAttempts)
{
    /// <summary>How many attempts may fail one after the other before the process ends, for its supervisor to start it again.</summary>
    public const int MaxAttempts = 8;

    /// <summary>Gets the identity.</summary>
    /// <param name="cancellationToken">Stops; what was reached so far is on the disk.</param>
    /// <returns>The identity, or the exit code and the reason in its place.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="UsageException">The state can't be read.</exception>
    /// <exception cref="IOException">It can't be written.</exception>
    public async Task<(IdentityState.Complete? Identity, int ExitCode, string Fault)> RunAsync(CancellationToken cancellationToken)
    {
        IdentityState state = store.Load();
        int failures = 0;
        int renewals = 0;
        while (true)
        {
            ProvisioningStep step = machine.Next(state, time.GetUtcNow());
            switch (step)
            {
                case ProvisioningStep.Done done:
                    return (done.Identity, ExitCode.Done, string.Empty);
                case ProvisioningStep.Halt halt:
                    return (null, halt.ExitCode, halt.Message);
                case ProvisioningStep.GoBack back:
                    AgentLog.ProvisioningGoesBack(logger, back.Why);
                    state = Keep(back.State);
                    continue;
                case ProvisioningStep.Register register:
                    state = Keep(register.Presented);
                    break;
            }

            ProvisioningReply reply = await DoAsync(step, cancellationToken).ConfigureAwait(false);
            ProvisioningVerdict verdict = machine.Judge(step, state, reply, time.GetUtcNow(), renewals);
            if (verdict.State != state)
            {
                state = Keep(verdict.State);
            }

            if (verdict.Kind == VerdictKind.GoOn)
            {
                failures = 0;
                Tell(state);
                continue;
            }

            // A late answer must not be taken for that to the next request.
            await service.DisconnectAsync().ConfigureAwait(false);
            failures++;
            renewals += verdict.IsRenewal ? 1 : 0;
            if (verdict.Kind == VerdictKind.Stop || failures >= maxAttempts)
            {
                return (null, verdict.ExitCode, verdict.Kind == VerdictKind.Stop ? verdict.Reason : $"given up after {failures} attempts: {verdict.Reason}");
            }

            TimeSpan wait = backoff.Next(failures);
            AgentLog.ProvisioningRetries(logger, failures, wait.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), verdict.Reason);
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<ProvisioningReply> DoAsync(ProvisioningStep step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case ProvisioningStep.AskCertificate ask:
                return service.CreateAsync(ask.PrivateKey, cancellationToken);
            case ProvisioningStep.AskKeys:
                return service.CreateAsync(null, cancellationToken);
            case ProvisioningStep.Register register:
                return service.RegisterAsync(register.Presented.Token, cancellationToken);
            case ProvisioningStep.Verify verify:
                store.WriteFiles(verify.Identity);
                return service.VerifyAsync(verify.ThingName, cancellationToken);
            default:
                return Task.FromResult<ProvisioningReply>(new ProvisioningReply.Key(BoardKey.Create()));
        }
    }

    private IdentityState Keep(IdentityState state)
    {
        store.Save(state);
        return state;
    }

    private void Tell(IdentityState state)
    {
        switch (state)
        {
            case IdentityState.Issued issued:
                AgentLog.CertificateIssued(logger, issued.CertificateId);
                break;
            case IdentityState.Registered registered:
                AgentLog.ThingRegistered(logger, registered.ThingName ?? "(the template names no thing)", registered.CertificateId);
                break;
            case IdentityState.Complete complete:
                AgentLog.IdentityWorks(logger, complete.ThingName, complete.CertificateId);
                break;
        }
    }
}
