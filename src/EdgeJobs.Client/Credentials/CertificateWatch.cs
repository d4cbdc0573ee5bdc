using EdgeJobs.Client.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client.Credentials;

/// <summary>
/// Looks after the certificate of a connection as long as it stands, which may be for years: warns once a day when it ends
/// soon, and tells when its files hold another one.
/// </summary>
/// <param name="options">Which files.</param>
/// <param name="renewed">Told when they hold another certificate, which can be used.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where warnings go.</param>
internal sealed class CertificateWatch(MqttConnectionOptions options, Action renewed, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private CertificateFacts? _used;
    private ITimer? _timer;

    /// <summary>Begins with the certificate of a connection that was just made.</summary>
    public void Start(CertificateFacts used)
    {
        lock (_gate)
        {
            _used = used;
            _timer ??= time.CreateTimer(static state => ((CertificateWatch)state!).CheckDaily(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Day, Day);
        }
    }

    /// <summary>Ends with the connection.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _used = null;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Looks whether the files hold another certificate, which can be used. If they can't be used, the connection goes on with what it has.</summary>
    /// <returns>True when it does.</returns>
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
        if (_used is { } used && CertificateTime.Check(used, time.GetUtcNow()) is { Outcome: not CheckOutcome.Passed } check && !CheckForRenewal())
        {
            ClientLog.CredentialWarning(logger, check.Message);
        }
    }
}
