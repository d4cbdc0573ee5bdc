using EdgeJobs.Client;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>
/// The proxy from settings and environment, and its password. In one collection, because the tests change the environment.
/// </summary>
[Collection("environment")]
public sealed class ProxySettingsTests : IDisposable
{
    private static readonly string[] Needed = ["--endpoint", "iot.example.com", "--cert", "c.pem", "--key", "k.pem", "--thing_name",
        "pump-7"];
    private static readonly string[] Variables = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
        "CREDENTIALS_DIRECTORY"];
    private readonly Dictionary<string, string?> _before = Variables.ToDictionary(v => v, Environment.GetEnvironmentVariable);
    private readonly TestDirectory _directory = new();

    public ProxySettingsTests() => Set([.. Variables.Select(v => (v, (string?)null))]);

    public void Dispose()
    {
        Set([.. _before.Select(b => (b.Key, b.Value))]);
        _directory.Dispose();
    }

    [Fact]
    public void There_is_no_proxy_by_default() => Assert.Equal((null, null), Read());

    [Theory]
    [InlineData("https_proxy", "HTTPS_PROXY")]
    [InlineData("HTTPS_PROXY", "all_proxy")]
    [InlineData("all_proxy", "ALL_PROXY")]
    public void A_variable_overrides_the_next(string first, string second)
    {
        Set((first, "http://first:1"), (second, "http://second:2"));
        Assert.Equal("first:1", Read().Proxy);
        Set((first, ""));
        Assert.Equal("second:2", Read().Proxy);
    }

    [Fact]
    public void No_proxy_applies_only_to_proxies_of_the_environment()
    {
        Set(("ALL_PROXY", "http://p:1"), ("NO_PROXY", "a"));
        Assert.Equal(("p:1", "a"), Read());
        Set(("no_proxy", "b"));
        Assert.Equal(("p:1", "b"), Read());
        Assert.Equal(("q:2", null), Read("--proxy", "http://q:2"));
        Assert.Equal((null, null), Read("--proxy", "none"));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:8883")]
    [InlineData("[::1]")]
    public void Proxies_of_the_environment_are_not_used_for_localhost(string endpoint)
    {
        Set(("ALL_PROXY", "socks5://p:1"));
        string[] args = ["--endpoint", endpoint, .. Needed[2..]];
        Assert.Null(SettingsReader.ReadRun(args).Connection.Proxy);
        Assert.Equal("q:2", SettingsReader.ReadRun([.. args, "--proxy", "q:2"]).Connection.Proxy!.ToString());
    }

    [Fact]
    public void The_password_comes_from_the_URL_a_file_or_a_systemd_credential()
    {
        Assert.True(SettingsReader.ReadRun([.. Needed, "--proxy", "http://u:secret@p:1"]).Connection.Proxy!.HasPassword);
        Assert.Equal("f", SettingsReader.ReadRun([.. Needed, "--proxy", "http://u@p:1", "--proxy-password-file",
            "f"]).Connection.Proxy!.PasswordFile);
        Set(("CREDENTIALS_DIRECTORY", _directory.Path));
        Assert.Null(SettingsReader.ReadRun([.. Needed, "--proxy", "http://u@p:1"]).Connection.Proxy!.PasswordFile);
        string credential = _directory.Write("proxy_password", "secret");
        Assert.Equal(credential, SettingsReader.ReadRun([.. Needed, "--proxy", "http://u@p:1"]).Connection.Proxy!.PasswordFile);
        Assert.Equal("f", SettingsReader.ReadRun([.. Needed, "--proxy", "http://u@p:1", "--proxy-password-file",
            "f"]).Connection.Proxy!.PasswordFile);
        Assert.Null(SettingsReader.ReadRun([.. Needed, "--proxy", "http://p:1"]).Connection.Proxy!.PasswordFile);
    }

    [Theory]
    [InlineData("--proxy: only HTTP proxies are supported, not SOCKS or HTTPS; write http://[USER[:PASSWORD]@]HOST:PORT, or none",
        "--proxy", "socks5://u:hunter2@p:1")]
    [InlineData("--proxy_password_file: cannot be combined with the proxy 'none'; remove one of them", "--proxy", "none",
        "--proxy_password_file", "f")]
    [InlineData("--proxy_password_file: the proxy in --proxy has no user; write http://USER@p:1", "--proxy", "p:1", "--proxy_password_file",
        "f")]
    [InlineData("--proxy_password_file: the proxy in --proxy already has a password; remove one of them", "--proxy", "http://u:hunter2@p:1",
        "--proxy_password_file", "f")]
    [InlineData("--proxy_password_file: there is no proxy; add --proxy http://USER@HOST:PORT", "--proxy_password_file", "f")]
    public void A_bad_setting_is_reported_without_passwords(string message, params string[] args) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, .. args])).Message);

    [Fact]
    public void A_bad_variable_is_reported_without_passwords()
    {
        Set(("all_proxy", "socks5h://u:hunter2@p:1"));
        Assert.Equal(
            "all_proxy in the environment: only HTTP proxies are supported, not SOCKS or HTTPS; write http://[USER[:PASSWORD]@]HOST:PORT, or set --proxy none to use no proxy",
            Assert.Throws<UsageException>(() => SettingsReader.ReadRun(Needed)).Message);
    }

    private static (string? Proxy, string? NoProxy) Read(params string[] more)
    {
        MqttConnectionOptions options = SettingsReader.ReadRun([.. Needed, .. more]).Connection;
        return (options.Proxy?.ToString(), options.NoProxy);
    }

    private static void Set(params (string Name, string? Value)[] variables)
    {
        foreach ((string name, string? value) in variables)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
