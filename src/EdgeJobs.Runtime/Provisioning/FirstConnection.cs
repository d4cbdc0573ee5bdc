using EdgeJobs.Client;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>
/// The first connection of a run. By default, its failure ends the agent with an exit code. With
/// <see cref="AgentSettings.WaitForServer"/> the agent retries it with backoff like all later ones, so that a fleet that starts before
/// its network or its policies does not connect all at once.
/// </summary>
internal sealed class FirstConnection(
    JobsClient client, AgentSettings settings, ReconnectBackoff backoff, TimeProvider time, ILogger logger)
{
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
    /// Whether a failure can pass. Invalid files need the operator; but the clock of a board without a battery starts in the past, and
    /// its certificate becomes valid when the clock is set.
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
