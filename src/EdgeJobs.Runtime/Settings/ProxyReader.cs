using System.Net;
using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Settings;

/// <summary>Reads which proxy leads to the server: the settings win over the usual environment variables.</summary>
internal static class ProxyReader
{
    /// <summary>The name of the systemd credential with the proxy's password.</summary>
    private const string Credential = "proxy_password";

    private const string None = "none";
    private static readonly string[] Variables = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

    /// <summary>Reads it.</summary>
    /// <param name="values">All settings.</param>
    /// <param name="host">The server.</param>
    /// <returns>The proxy, and the hosts that are reached without it. A proxy that was set as ours is for all: for it the list is null.</returns>
    /// <exception cref="UsageException">A setting or a variable can't be used.</exception>
    public static (HttpProxy? Proxy, string? NoProxy) Read(SettingValues values, string host)
    {
        if (values.Optional("proxy") is { } text)
        {
            if (text == None)
            {
                return values.Optional("proxy_password_file") is null
                    ? (null, null)
                    : throw values.Fault("proxy_password_file", "does not go with the proxy 'none'; leave one out");
            }

            return HttpProxy.TryParse(text, out HttpProxy? proxy, out string? fault)
                ? (WithPassword(values, proxy, "--proxy"), null)
                : throw values.Fault("proxy", $"{fault}, or none");
        }

        foreach (string variable in Variables)
        {
            if (!IsOwn(host) && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } url)
            {
                return HttpProxy.TryParse(url, out HttpProxy? proxy, out string? fault)
                    ? (WithPassword(values, proxy, variable), NoProxy())
                    : throw new UsageException($"{variable} in the environment: {fault}, or give --proxy none to do without");
            }
        }

        return values.Optional("proxy_password_file") is null || IsOwn(host)
            ? (null, null)
            : throw values.Fault("proxy_password_file", "there is no proxy that it could be for; give --proxy http://USER@HOST:PORT as well");
    }

    private static HttpProxy WithPassword(SettingValues values, HttpProxy proxy, string place)
    {
        if (values.Optional("proxy_password_file") is { } file)
        {
            return proxy.User is null
                ? throw values.Fault("proxy_password_file", $"the proxy in {place} has no user whose password it could be; write http://USER@{proxy}")
                : proxy.HasPassword
                ? throw values.Fault("proxy_password_file", $"the proxy in {place} has a password already; leave one out")
                : proxy with { PasswordFile = file };
        }

        return proxy.User is not null && !proxy.HasPassword && SystemCredential() is { } credential ? proxy with { PasswordFile = credential } : proxy;
    }

    /// <summary>What the unit's LoadCredential= or SetCredentialEncrypted= has put there for the service alone.</summary>
    private static string? SystemCredential() =>
        Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } directory && File.Exists(Path.Combine(directory, Credential))
            ? Path.Combine(directory, Credential)
            : null;

    /// <summary>This machine: no proxy of the environment is meant for it.</summary>
    private static bool IsOwn(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static string NoProxy()
    {
        string? lower = Environment.GetEnvironmentVariable("no_proxy");
        return string.IsNullOrEmpty(lower) ? Environment.GetEnvironmentVariable("NO_PROXY") ?? "" : lower;
    }
}
