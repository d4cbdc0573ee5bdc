using EdgeJobs.Client.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client.Dialing;

/// <summary>
/// Opens a stream to the server. It tries the next port if a firewall may have caused the failure, and remembers the open port, so that a
/// blocked port costs time only once.
/// </summary>
internal sealed class Dialer(MqttConnectionOptions options, TlsSettings? tls, PortMemory memory, TimeProvider time, ILogger logger)
{
    public MqttConnectionOptions Options => options;

    /// <summary>Opens the stream.</summary>
    /// <param name="cancellationToken">Cancels the attempt.</param>
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
