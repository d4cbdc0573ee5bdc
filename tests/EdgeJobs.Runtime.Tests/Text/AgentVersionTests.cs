using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Tests.Text;

public sealed class AgentVersionTests
{
    [Fact]
    public void Higher_versions_have_higher_numbers()
    {
        string[] ascending = ["0.0.0", "0.0.9", "0.0.10", "0.1.0", "0.9.65534", "0.10.0", "1.0.0", "65534.65534.65534"];
        long[] orders = [.. ascending.Select(AgentVersion.Order)];
        Assert.Equal(orders.Distinct().Order(), orders);
        Assert.Equal(0, orders[0]);
        Assert.True(AgentVersion.Order(AgentVersion.Current) > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("1.2.")]
    [InlineData("1.02.3")]
    [InlineData("1.2.65535")]
    [InlineData("1.2.-3")]
    [InlineData("1.2.3-rc1")]
    [InlineData(" 1.2.3")]
    [InlineData("1.2.3/..")]
    public void Other_texts_are_no_versions(string text) => Assert.Equal(-1, AgentVersion.Order(text));
}
