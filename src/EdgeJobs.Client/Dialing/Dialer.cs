using EdgeJobs.Client.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client.Dialing;

/// <summary>
/// Makes the way to the server: over each port in turn, as long as a failure is one that a firewall causes. Which one was open
/// is remembered, so that a blocked port costs its time once.
/// </summary>
internal sealed class Dialer(MqttConnectionOptions options, TlsSettings? tls, PortMemory memory, TimeProvider time, ILogger logger)
{
    /// <summary>Where and how to connect.</summary>
    public MqttConnectionOptions Options => options;

    /// <summary>Dials.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="CredentialException">The password of the proxy can't be read.</exception>
    public async Task<DialResult> DialAsync(CancellationToken cancellationToken)
    {
        ConnectFailure? blocked = null;
        int[] ports = memory.Order(options);
        for (int i = 0; ; i++)
        {
            bool isLast = i == ports.Length - 1;
            using PortAttempt attempt = new(options with { Port = ports[i] }, tls, isLast, time);
            DialResult result = await attempt.RunAsync(cancellationToken).ConfigureAwait(false);
            if (result.Failure is not { } failure)
            {
                memory.Reached(options, ports[i]);
                return result;
            }

            if (isLast || !result.IsBlocked)
            {
                return DialResult.Failed(blocked is null ? failure : Join(blocked, failure, ports[i], result.IsBlocked));
            }

            blocked = failure;
            ClientLog.PortBlocked(logger, failure.Message, ports[i + 1]);
        }
    }

    private ConnectFailure Join(ConnectFailure first, ConnectFailure second, int port, bool isBlocked) => isBlocked
        ? new ConnectFailure(
            ConnectFailureKind.Unreachable,
            (ConnectStage)Math.Max((int)first.Stage, (int)second.Stage),
            $"{options.Host} can't be reached on either port: {first.Message}; {second.Message}")
        : second with { Message = $"{second.Message} (port {port} was tried because the other is blocked: {first.Message})" };
}
