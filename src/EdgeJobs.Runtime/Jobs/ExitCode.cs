using EdgeJobs.Client;

namespace EdgeJobs.Runtime;

/// <summary>What the agent's process ends with.</summary>
public static class ExitCode
{
    /// <summary>All is done: with <c>--once</c> or <c>--job_id</c>, every job succeeded.</summary>
    public const int Done = 0;

    /// <summary>With <c>--once</c> or <c>--job_id</c>, a job did not succeed.</summary>
    public const int JobFailed = 1;

    /// <summary>A flag, a setting or a file that one of them names can't be used.</summary>
    public const int Usage = 2;

    /// <summary>The server can't be reached or is not trusted.</summary>
    public const int CanNotConnect = 3;

    /// <summary>The server refuses the thing: its certificate, its client id or one of its topics.</summary>
    public const int Refused = 4;

    /// <summary>A fault in the agent itself (EX_SOFTWARE of sysexits.h).</summary>
    public const int Internal = 70;

    /// <summary>The exit code for a failure to connect.</summary>
    internal static int Of(ConnectFailureKind kind) => kind switch
    {
        ConnectFailureKind.Credentials => Usage,
        ConnectFailureKind.Refused or ConnectFailureKind.SubscriptionRefused => Refused,
        _ => CanNotConnect,
    };
}
