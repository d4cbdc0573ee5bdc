using System.Text;
using EdgeJobs.Client.Requests;

namespace EdgeJobs.Client.Tests;

/// <summary>Reading and writing one member of a payload.</summary>
public sealed class JsonMemberTests
{
    [Theory]
    [InlineData("id", """{"id":"a"}""", "\"a\"")]
    [InlineData("id", """{ "x" : [ {"id":1} ], "id" : 12 }""", "12")]
    [InlineData("meta/id", """{"id":1,"meta":{"x":{},"id":2}}""", "2")]
    [InlineData("meta/id", """{"meta":null}""", null)]
    [InlineData("meta/id", """{"meta":{}, "id":1}""", null)]
    [InlineData("a~1b", """{"a/b":true}""", "true")]
    [InlineData("id", """{"\u0069d":{"x":1}}""", "{\"x\":1}")]
    [InlineData("id", "[1]", null)]
    [InlineData("id", "{\"id\"", null)]
    [InlineData("id", "", null)]
    public void A_member_is_found(string member, string json, string? value)
    {
        bool found = JsonMember.TryRead(Encoding.UTF8.GetBytes(json), member, out ReadOnlyMemory<byte> read);
        Assert.Equal(value, found ? Encoding.UTF8.GetString(read.Span) : null);
    }

    [Theory]
    [InlineData("id", "{}", """{"id":7}""")]
    [InlineData("id", """{"a":1}""", """{"id":7,"a":1}""")]
    [InlineData("id", """{"a":1,"id":"old","b":2}""", """{"a":1,"id":7,"b":2}""")]
    [InlineData("meta/id", """{"a":1}""", """{"meta":{"id":7},"a":1}""")]
    [InlineData("meta/id", """{"meta":{"x":1},"a":1}""", """{"meta":{"id":7,"x":1},"a":1}""")]
    [InlineData("meta/id", """{"meta":{},"a":1}""", """{"meta":{"id":7},"a":1}""")]
    [InlineData("meta/id", """{"meta":null}""", """{"meta":{"id":7}}""")]
    [InlineData("meta/deep/id", """{"meta":5,"a":1}""", """{"meta":{"deep":{"id":7}},"a":1}""")]
    [InlineData("a~1\"b", "{}", """{"a/\u0022b":7}""")]
    [InlineData("id", "[1]", "[1]")]
    [InlineData("id", "21.5", "21.5")]
    public void A_member_is_written(string member, string json, string expected) => Assert.Equal(
        expected, Encoding.UTF8.GetString(JsonMember.Write(Encoding.UTF8.GetBytes(json), member, "7"u8).Span));
}
