using EdgeJobs.Client.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client.Credentials;

/// <summary>Logs what should be mended of a thing's identity: each warning once, and again when it has changed or come back.</summary>
internal sealed class CredentialWarnings(ILogger logger)
{
    private HashSet<string> _logged = [];

    /// <summary>Logs the warnings that were not among those of the last time.</summary>
    public void Log(IReadOnlyList<CredentialCheck> checks)
    {
        HashSet<string> now = [];
        foreach (CredentialCheck check in checks)
        {
            if (check.Outcome == CheckOutcome.Warning && now.Add(check.Message) && !_logged.Contains(check.Message))
            {
                ClientLog.CredentialWarning(logger, check.Message);
            }
        }

        _logged = now;
    }
}
