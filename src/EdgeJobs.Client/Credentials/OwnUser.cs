using System.Globalization;

namespace EdgeJobs.Client.Credentials;

/// <summary>The user that this process runs as.</summary>
internal static class OwnUser
{
    /// <summary>
    /// The name, for messages. If the user has no name, or the system no list of users (as in small container images), <c>#NUMBER</c> as
    /// sudo accepts it.
    /// </summary>
    public static string Name => FindName() ?? $"#{FileStatus.OwnUser}";

    /// <summary>The name or the number, as chown accepts it.</summary>
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
