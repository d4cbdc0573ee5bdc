using EdgeJobs.Client.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client.Credentials;

/// <summary>
/// Watches the certificate of a connection, which may last for years: warns once a day before it expires, and detects a renewed
/// certificate in its files.
/// </summary>
/// <param name="options">Names the files.</param>
/// <param name="renewed">Called when the files hold another, usable certificate.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs warnings.</param>
internal sealed class CertificateWatch(MqttConnectionOptions options, Action renewed, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private CertificateFacts? _used;
    private ITimer? _timer;

    public void Start(CertificateFacts used)
    {
        lock (_gate)
        {
            _used = used;
            _timer ??= time.CreateTimer(
                static state => ((CertificateWatch)state!).CheckDaily(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Day, Day);
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _used = null;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Checks whether the files hold another certificate. If they can't be used, the connection keeps its certificate.</summary>
    /// <returns>True if they hold another, usable certificate.</returns>
    public bool CheckForRenewal()
    {
        if (_used is not { } used)
        {
            return false;
        }

        try
        {
            using ClientCredentials? found = ClientCredentials.Load(options, time);
            if (found is null || found.Facts == used)
            {
                return false;
            }

            ClientLog.Renewed(logger, found.Facts.File, found.Facts.SerialNumber, found.Facts.NotAfter);
        }
        catch (CredentialException e)
        {
            ClientLog.RenewalNotUsed(logger, e.Message);
            return false;
        }

        renewed();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _used = null;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void CheckDaily()
    {
        if (_used is { } used && CertificateTime.Check(used, time.GetUtcNow()) is { Outcome: not CheckOutcome.Passed } check
            && !CheckForRenewal())
        {
            ClientLog.CredentialWarning(logger, check.Message);
        }
    }
}
