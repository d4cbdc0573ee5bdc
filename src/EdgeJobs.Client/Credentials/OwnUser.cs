using System.Globalization;
using EdgeJobs.Client.Credentials;

namespace EdgeJobs.Client;

/// <summary>The user that this process acts as.</summary>
public static class OwnUser
{
    /// <summary>
    /// The name, for texts that tell whom to let read a file: <c>#NUMBER</c>, as sudo takes it, where the system has no name for the
    /// number, or no list of users at all, as small images have none.
    /// </summary>
    public static string Name => FindName() ?? $"#{FileStatus.OwnUser}";

    /// <summary>The same as chown takes it: the name, or the number.</summary>
    public static string Owner => FindName() ?? FileStatus.OwnUser.ToString(CultureInfo.InvariantCulture);

    private static string? FindName()
    {
        try
        {
            return Environment.UserName is { Length: > 0 } name ? name : null;
        }
        catch (IOException)
        {
            // No /etc/passwd.
            return null;
        }
    }
}
