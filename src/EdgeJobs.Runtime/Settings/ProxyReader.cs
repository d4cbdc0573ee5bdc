using System.Net;
using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Settings;

/// <summary>Reads the proxy: the settings override the usual environment variables.</summary>
internal static class ProxyReader
{
    private const string None = "none";
    private static readonly string[] Variables = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

    /// <summary>Reads the settings <c>proxy</c> and <c>proxy_password_file</c>.</summary>
    /// <returns>The proxy, and the hosts to reach without it. A proxy from the settings applies to all hosts: its list is null.</returns>
    /// <exception cref="UsageException">A setting or a variable is not valid.</exception>
    public static (HttpProxy? Proxy, string? NoProxy) Read(SettingValues values, string host)
    {
        SettingValue? password = values.Find("proxy_password_file");
        if (values.Find("proxy") is { } value)
        {
            if (value.Text == None)
            {
                return password is null
                    ? (null, null)
                    : throw password.Fault("cannot be combined with the proxy 'none'; remove one of them");
            }

            return HttpProxy.TryParse(value.Text!, out HttpProxy? proxy, out string? fault)
                ? (WithPassword(proxy, password, "--proxy"), null)
                : throw value.Fault($"{fault}, or none");
        }

        foreach (string variable in Variables)
        {
            if (!IsOwn(host) && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } url)
            {
                return HttpProxy.TryParse(url, out HttpProxy? proxy, out string? fault)
                    ? (WithPassword(proxy, password, variable), NoProxy())
                    : throw new UsageException($"{variable} in the environment: {fault}, or set --proxy none to use no proxy");
            }
        }

        return password is null || IsOwn(host)
            ? (null, null)
            : throw password.Fault("there is no proxy; add --proxy http://USER@HOST:PORT");
    }

    private static HttpProxy WithPassword(HttpProxy proxy, SettingValue? password, string place)
    {
        if (password is not null)
        {
            return proxy.User is null
                ? throw password.Fault($"the proxy in {place} has no user; write http://USER@{proxy}")
                : proxy.HasPassword
                ? throw password.Fault($"the proxy in {place} already has a password; remove one of them")
                : proxy with { PasswordFile = password.Text };
        }

        return proxy.User is not null && !proxy.HasPassword && SystemdCredential.Find("proxy_password") is { } credential
            ? proxy with { PasswordFile = credential }
            : proxy;
    }

    /// <summary>Whether a host is this machine, for which proxies of the environment are not meant.</summary>
    private static bool IsOwn(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static string NoProxy()
    {
        string? lower = Environment.GetEnvironmentVariable("no_proxy");
        return string.IsNullOrEmpty(lower) ? Environment.GetEnvironmentVariable("NO_PROXY") ?? "" : lower;
    }
}
