using EdgeJobs.Client.Dialing;

namespace EdgeJobs.Client.Tests.Dialing;

public sealed class NoProxyListTests
{
    [Theory]
    [InlineData(null, "a.example", false)]
    [InlineData("", "a.example", false)]
    [InlineData("*", "a.example", true)]
    [InlineData("*", "10.0.0.1", true)]
    [InlineData("example.com", "example.com", true)]
    [InlineData("example.com", "iot.example.com", true)]
    [InlineData("example.com", "EXAMPLE.com.", true)]
    [InlineData("example.com", "notexample.com", false)]
    [InlineData(".example.com", "iot.example.com", true)]
    [InlineData(".example.com", "example.com", true)]
    [InlineData("*.example.com", "iot.example.com", true)]
    [InlineData("a.test, , example.com", "example.com", true)]
    [InlineData("a.test example.com", "example.com", true)]
    [InlineData("example.com:8883", "example.com", true)]
    [InlineData("example.com:443", "example.com", false)]
    [InlineData("example.com:x", "example.com", false)]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1:8883", "10.0.0.1", true)]
    [InlineData("10.0.0.1:443", "10.0.0.1", false)]
    [InlineData("0.0.1", "10.0.0.1", false)]
    [InlineData("10.0.0.0/8", "10.200.3.4", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("10.0.0.0/33", "10.0.0.1", false)]
    [InlineData("10.0.0.0/8", "ten.example", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("[2001:db8::1]", "2001:db8::1", true)]
    [InlineData("[2001:db8::1]:8883", "2001:DB8:0::1", true)]
    [InlineData("2001:db8::/32", "2001:db8:1::5", true)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData(".", "example.com", false)]
    public void NO_PROXY_entries_for_a_host_on_port_8883(string? list, string host, bool contained) =>
        Assert.Equal(contained, NoProxyList.Contains(list, host, 8883));
}
