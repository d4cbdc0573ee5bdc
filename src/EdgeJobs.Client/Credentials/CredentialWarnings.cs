using EdgeJobs.Client.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client.Credentials;

/// <summary>Logs warnings about the credential files: each once, and again after it has changed or reappeared.</summary>
internal sealed class CredentialWarnings(ILogger logger)
{
    private HashSet<string> _logged = [];

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
