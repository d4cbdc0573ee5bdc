using System.Net;
using EdgeJobs.Client.Dialing;

namespace EdgeJobs.Client.Tests.Dialing;

public sealed class AddressOrderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("2001:db8::1 2001:db8::2 10.0.0.1 10.0.0.2", "2001:db8::1 10.0.0.1 2001:db8::2 10.0.0.2")]
    [InlineData("10.0.0.1 10.0.0.2 10.0.0.3 2001:db8::1", "10.0.0.1 2001:db8::1 10.0.0.2 10.0.0.3")]
    [InlineData("2001:db8::1 10.0.0.1 10.0.0.2 10.0.0.3", "2001:db8::1 10.0.0.1 10.0.0.2 10.0.0.3")]
    [InlineData("2001:db8::1 2001:db8::2", "2001:db8::1 2001:db8::2")]
    public void The_families_alternate_and_the_systems_first_leads(string given, string expected) => Assert.Equal(expected, Order(given));

    [Fact]
    public void At_most_16_addresses_are_tried_from_both_families()
    {
        string[] ordered = Order(string.Join(' ', Enumerable.Range(1, 100).Select(i => $"2001:db8::{i:x}").Append("10.0.0.1"))).Split(' ');
        Assert.Equal(16, ordered.Length);
        Assert.Equal("10.0.0.1", ordered[1]);
        Assert.Equal(16, ordered.Distinct().Count());
    }

    private static string Order(string addresses) =>
        string.Join<IPAddress>(
            ' ', AddressOrder.Interleave([.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)]));
}
