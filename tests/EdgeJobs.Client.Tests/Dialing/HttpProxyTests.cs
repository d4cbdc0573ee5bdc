namespace EdgeJobs.Client.Tests.Dialing;

public sealed class HttpProxyTests
{
    [Theory]
    [InlineData("http://proxy.example:3128", "proxy.example", 3128, null, null)]
    [InlineData("HTTP://proxy.example:3128/", "proxy.example", 3128, null, null)]
    [InlineData("proxy.example:3128", "proxy.example", 3128, null, null)]
    [InlineData("http://proxy.example", "proxy.example", 80, null, null)]
    [InlineData("http://10.0.0.1:8080", "10.0.0.1", 8080, null, null)]
    [InlineData("http://[2001:db8::1]:8080", "2001:db8::1", 8080, null, null)]
    [InlineData("http://[2001:db8::1]", "2001:db8::1", 80, null, null)]
    [InlineData("http://pump@proxy.example:1", "proxy.example", 1, "pump", null)]
    [InlineData("http://pump:secret@proxy.example:1", "proxy.example", 1, "pump", "secret")]
    [InlineData("http://pump:s%40c/r:t@proxy.example:1", "proxy.example", 1, "pump", "s@c/r:t")]
    [InlineData("http://pump:a@b@proxy.example:1", "proxy.example", 1, "pump", "a@b")]
    [InlineData("http://pump:@proxy.example:1", "proxy.example", 1, "pump", "")]
    public void Valid_proxy_addresses(string text, string host, int port, string? user, string? password)
    {
        Assert.True(HttpProxy.TryParse(text, out HttpProxy? proxy, out _));
        Assert.Equal(
            (host, port, user, password, password is not null), (proxy.Host, proxy.Port, proxy.User, proxy.Password, proxy.HasPassword));
    }

    [Theory]
    [InlineData("socks5://pump:hunter2@proxy.example:1080", "only HTTP proxies are supported, not SOCKS or HTTPS; write "
        + "http://[USER[:PASSWORD]@]HOST:PORT")]
    [InlineData("https://pump:hunter2@proxy.example:443", "only HTTP proxies are supported, not SOCKS or HTTPS; write "
        + "http://[USER[:PASSWORD]@]HOST:PORT")]
    [InlineData("http://pump:hunter2@", "has no HOST:PORT; write http://[USER[:PASSWORD]@]HOST:PORT")]
    [InlineData("http://pump:hunter2@proxy.example:0", "has no HOST:PORT; write http://[USER[:PASSWORD]@]HOST:PORT")]
    [InlineData("http://pump:hunter2@proxy.example:65536", "has no HOST:PORT; write http://[USER[:PASSWORD]@]HOST:PORT")]
    [InlineData("http://pump:hunter2@proxy.example:80:80", "has no HOST:PORT; write http://[USER[:PASSWORD]@]HOST:PORT")]
    [InlineData("http://pump:hunter2@proxy.example:80/path", "has no HOST:PORT; write http://[USER[:PASSWORD]@]HOST:PORT")]
    [InlineData("http://pump:hunter2@proxy example", "has no HOST:PORT; write http://[USER[:PASSWORD]@]HOST:PORT")]
    [InlineData("http://pump:hunter2@[::1", "has no HOST:PORT; write http://[USER[:PASSWORD]@]HOST:PORT")]
    [InlineData("http://:hunter2@proxy.example:80", "has a user or password that can't be sent to a proxy: no user, a colon in the user's "
        + "name, or a control character")]
    [InlineData("http://pump:hunter2%0d%0aX:@proxy.example:80", "has a user or password that can't be sent to a proxy: no user, a colon in "
        + "the user's name, or a control character")]
    [InlineData("http://pu%3Amp:hunter2@proxy.example:80", "has a user or password that can't be sent to a proxy: no user, a colon in the "
        + "user's name, or a control character")]
    public void Invalid_proxy_addresses(string text, string expected)
    {
        Assert.False(HttpProxy.TryParse(text, out _, out string? fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void No_message_holds_the_password()
    {
        Assert.True(HttpProxy.TryParse("http://pump:hunter2@[::1]:3128", out HttpProxy? proxy, out _));
        Assert.Equal("pump@[::1]:3128", proxy.ToString());
        MqttConnectionOptions options = new() { Host = "h", ClientId = "c", Proxy = proxy };
        Assert.Contains("pump@[::1]:3128", options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", options.ToString(), StringComparison.Ordinal);
    }
}
