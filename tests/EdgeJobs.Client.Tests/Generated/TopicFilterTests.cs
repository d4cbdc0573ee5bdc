using EdgeJobs.Client.Services;

namespace EdgeJobs.Client.Tests.Generated;

public sealed class TopicFilterTests
{
    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/c", false)]
    [InlineData("a/b", "a/b/c", false)]
    [InlineData("a/b/c", "a/b", false)]
    [InlineData("a/+", "a/b", true)]
    [InlineData("a/+", "a/", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+", "a/+", true)]
    [InlineData("a/b", "a/+", false)]
    [InlineData("+/+", "a/#", false)]
    [InlineData("+/b/+", "a/b/c", true)]
    [InlineData("#", "a/b", true)]
    [InlineData("a/#", "a/b/+", true)]
    [InlineData("a/#", "a/#", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/b/#", "a", false)]
    [InlineData("+", "#", false)]
    [InlineData("#", "$SYS/load", false)]
    [InlineData("+/load", "$SYS/load", false)]
    [InlineData("$SYS/#", "$SYS/load", true)]
    [InlineData("/+", "/a", true)]
    [InlineData("+/a", "/a", true)]
    public void A_filter_covers_the_filters_whose_topics_are_all_its_own(string wide, string narrow, bool covers) =>
        Assert.Equal(covers, TopicFilters.Covers(wide, narrow));
}
