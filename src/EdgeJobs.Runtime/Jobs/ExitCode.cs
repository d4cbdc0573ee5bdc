using EdgeJobs.Client;

namespace EdgeJobs.Runtime;

/// <summary>The exit codes of the agent.</summary>
public static class ExitCode
{
    /// <summary>Success. With <c>--once</c> or <c>--job_id</c>, every job succeeded.</summary>
    public const int Done = 0;

    /// <summary>A job did not succeed, with <c>--once</c> or <c>--job_id</c>.</summary>
    public const int JobFailed = 1;

    /// <summary>A flag, a setting or a configured file is invalid.</summary>
    public const int Usage = 2;

    /// <summary>The broker can't be reached or is not trusted.</summary>
    public const int CanNotConnect = 3;

    /// <summary>The broker refuses the certificate, the client id or a topic.</summary>
    public const int Refused = 4;

    /// <summary>An internal error of the agent (EX_SOFTWARE of sysexits.h).</summary>
    public const int Internal = 70;

    /// <summary>The exit code for a failure to connect.</summary>
    internal static int Of(ConnectFailureKind kind) => kind switch
    {
        ConnectFailureKind.Credentials => Usage,
        ConnectFailureKind.Refused or ConnectFailureKind.SubscriptionRefused => Refused,
        _ => CanNotConnect,
    };
}
