using System.Globalization;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>Executes the steps of <see cref="ProvisioningMachine"/> until the board has its identity or can't get one.</summary>
internal sealed class Provisioner(
    ProvisioningMachine machine,
    IIdentityStore store,
    IProvisioningService service,
    RetryBackoff backoff,
    TimeProvider time,
    ILogger logger,
    int maxAttempts = Provisioner.MaxAttempts)
{
    /// <summary>The number of consecutive failures after which the process exits, for its supervisor to restart it.</summary>
    public const int MaxAttempts = 8;

    /// <summary>Provisions the board. When it is cancelled, the progress is on the disk.</summary>
    /// <returns>The identity, or an exit code and the reason.</returns>
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
                    AgentLog.ProvisioningRestarts(logger, back.Why);
                    state = Save(back.State);
                    continue;
                case ProvisioningStep.Register register:
                    state = Save(register.Presented);
                    break;
            }

            ProvisioningReply reply = await DoAsync(step, cancellationToken).ConfigureAwait(false);
            ProvisioningVerdict verdict = machine.Judge(step, state, reply, time.GetUtcNow(), renewals);
            if (verdict.State != state)
            {
                state = Save(verdict.State);
            }

            if (verdict.Kind == VerdictKind.Continue)
            {
                failures = 0;
                Log(state);
                continue;
            }

            // A late reply must not be mistaken for the reply to the next request.
            await service.DisconnectAsync().ConfigureAwait(false);
            failures++;
            renewals += verdict.IsRenewal ? 1 : 0;
            if (verdict.Kind == VerdictKind.Stop || failures >= maxAttempts)
            {
                string reason = verdict.Kind == VerdictKind.Stop
                    ? verdict.Reason
                    : $"provisioning failed after {failures} attempts: {verdict.Reason}";
                return (null, verdict.ExitCode, reason);
            }

            TimeSpan wait = backoff.Next(failures);
            string seconds = wait.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            AgentLog.ProvisioningRetries(logger, failures, seconds, verdict.Reason);
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

    private IdentityState Save(IdentityState state)
    {
        store.Save(state);
        return state;
    }

    private void Log(IdentityState state)
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
