using EdgeJobs.Client;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>
/// The first connection of a run. As a rule its failure ends the agent with a code that says why; with
/// <see cref="AgentSettings.WaitForServer"/> it is tried again like every later one, so that a fleet that starts before its
/// network, or against a policy that is not there yet, comes back spread out.
/// </summary>
internal sealed class FirstConnection(IJobsClient client, AgentSettings settings, ReconnectBackoff backoff, TimeProvider time, ILogger logger)
{
    /// <summary>Connects.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Connected, or a failure that ends the agent.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ConnectResult result = await client.ConnectAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsConnected || !settings.WaitForServer || !MayPass(result.Failure, settings.Connection, time))
            {
                return result;
            }

            TimeSpan wait = backoff.Next(result.Failure.Kind);
            AgentLog.WaitingForServer(logger, wait.TotalSeconds, result.Failure.Message);
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A file that can't be used is for the operator to mend. But a board without a battery begins in the past, and its certificate
    /// becomes valid when the clock is set.
    /// </summary>
    internal static bool MayPass(ConnectFailure failure, MqttConnectionOptions connection, TimeProvider time)
    {
        if (failure.Kind != ConnectFailureKind.Credentials)
        {
            return true;
        }

        bool isOutdated = false;
        foreach (CredentialCheck check in CredentialInspection.Inspect(connection, time))
        {
            if (check.Outcome == CheckOutcome.Failed)
            {
                if (check.Aspect != CredentialAspect.CertificateDates)
                {
                    return false;
                }

                isOutdated = true;
            }
        }

        return isOutdated;
    }
}
