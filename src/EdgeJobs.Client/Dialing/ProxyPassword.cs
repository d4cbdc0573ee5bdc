using EdgeJobs.Client.Credentials;

namespace EdgeJobs.Client.Dialing;

/// <summary>Reads the password of a proxy from a file, such as a systemd credential.</summary>
internal static class ProxyPassword
{
    private const string What = "proxy password";
    private const string Flag = "--proxy_password_file";

    /// <summary>Reads the only line of the file.</summary>
    /// <exception cref="CredentialException">
    /// The file can't be read, is empty, has more than one line, or every user can read or write it.
    /// </exception>
    public static string Read(string file)
    {
        using SecretText secret = PemFile.Read(file, What, Flag);
        if (KeyPermissions.OpenToOthers(secret.File, file, What) is { } open)
        {
            throw new CredentialException(open);
        }

        string password = secret.Line.ToString();
        return HttpProxy.HasControl(password)
            ? throw new CredentialException($"{file}: the {What} file holds more than one line of text; give {Flag} a file with the "
                + $"password alone")
            : password;
    }
}
