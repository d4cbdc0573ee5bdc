namespace EdgeJobs.Protocol.Tests;

/// <summary>The formats of strings.</summary>
public sealed class TextFormatTests
{
    [Theory]
    [InlineData("a@b", true)]
    [InlineData("joe.bloggs+x@example.com", true)]
    [InlineData("\"a@b\"@example.com", true)]
    [InlineData("@example.com", false)]
    [InlineData("a@", false)]
    [InlineData("a b@example.com", false)]
    [InlineData("example.com", false)]
    [InlineData("joe@abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-abcdefghi.com", true)]
    [InlineData("joe@abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-abcdefghij.com", false)]
    public void Email(string text, bool isValid) => Assert.Equal(isValid, TextFormats.IsEmail(text));

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("a-1.example.com.", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("-a", false)]
    [InlineData("a-.b", false)]
    [InlineData("a..b", false)]
    [InlineData("a_b", false)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void HostName(string text, bool isValid) => Assert.Equal(isValid, TextFormats.IsHostName(text));

    [Theory]
    [InlineData("0.0.0.0", true)]
    [InlineData("255.10.199.1", true)]
    [InlineData("256.1.1.1", false)]
    [InlineData("01.1.1.1", false)]
    [InlineData("1.1.1", false)]
    [InlineData("1.1.1.1.", false)]
    [InlineData("1.1.1.x", false)]
    [InlineData("", false)]
    public void Ipv4(string text, bool isValid) => Assert.Equal(isValid, TextFormats.IsIpv4(text));

    [Theory]
    [InlineData("::", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("::ffff:1.2.3.4", true)]
    [InlineData("1:2:3:4:5:6:7:8", true)]
    [InlineData("1:2:3:4:5:6:7", false)]
    [InlineData("1::2::3", false)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("[::1]", false)]
    [InlineData("1.2.3.4", false)]
    public void Ipv6(string text, bool isValid) => Assert.Equal(isValid, TextFormats.IsIpv6(text));

    [Theory]
    [InlineData("https://example.com/a?b=c#d", true)]
    [InlineData("urn:isbn:1", true)]
    [InlineData("mailto:a@b", true)]
    [InlineData("/relative", false)]
    [InlineData("a b:c", false)]
    [InlineData("http://a/%zz", false)]
    [InlineData("http://a/<b>", false)]
    [InlineData("http://a/\u00e9", false)]
    [InlineData(":a", false)]
    public void Uri(string text, bool isValid) => Assert.Equal(isValid, TextFormats.IsUri(text));

    [Fact]
    public void An_IRI_may_have_other_characters()
    {
        Assert.True(TextFormats.IsUri("http://a/\u00e9", isInternational: true));
        Assert.True(TextFormats.IsUriReference("../\u00e9", isInternational: true));
        Assert.False(TextFormats.IsUriReference("../\u00e9"));
        Assert.True(TextFormats.IsUriReference("#a%20b"));
    }

    [Theory]
    [InlineData("08:30:06.283185Z", true)]
    [InlineData("23:59:60+05:30", true)]
    [InlineData("08:30:06", true)]
    [InlineData("08:30", false)]
    [InlineData("24:00:00Z", false)]
    [InlineData("08:60:00Z", false)]
    [InlineData("08:30:06.Z", false)]
    [InlineData("08:30:06+0530", false)]
    [InlineData("08:30:06Zx", false)]
    public void Time(string text, bool isValid) => Assert.Equal(isValid, TextFormats.IsTime(text));

    [Theory]
    [InlineData("P1Y2M3DT4H5M6S", true)]
    [InlineData("PT0.5S", true)]
    [InlineData("P4W", true)]
    [InlineData("PT36H", true)]
    [InlineData("P", false)]
    [InlineData("PT", false)]
    [InlineData("P1DT", false)]
    [InlineData("P1M1Y", false)]
    [InlineData("P1W1D", false)]
    [InlineData("P1S", false)]
    [InlineData("1D", false)]
    [InlineData("PT1.S", false)]
    public void Duration(string text, bool isValid) => Assert.Equal(isValid, TextFormats.IsDuration(text));

    [Theory]
    [InlineData("", true)]
    [InlineData("/a~1b/~0", true)]
    [InlineData("a", false)]
    [InlineData("/a~2", false)]
    [InlineData("/~", false)]
    public void JsonPointer(string text, bool isValid) => Assert.Equal(isValid, TextFormats.IsJsonPointer(text));
}
