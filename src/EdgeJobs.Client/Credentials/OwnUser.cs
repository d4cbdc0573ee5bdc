namespace EdgeJobs.Client;

/// <summary>The user that this process acts as.</summary>
public static class OwnUser
{
    /// <summary>
    /// The name, for texts that tell whom to let read a file: <c>#NUMBER</c>, as sudo takes it, where the system has no name for the
    /// number, or no list of users at all, as small images have none.
    /// </summary>
    public static string Name
    {
        get
        {
            try
            {
                if (Environment.UserName is { Length: > 0 } name)
                {
                    return name;
                }
            }
            catch (IOException)
            {
                // No /etc/passwd.
            }

            return $"#{FileFacts.OwnUser}";
        }
    }
}
