using System.Text;
using EdgeJobs.Runtime.Documents;

namespace EdgeJobs.Runtime.Tests.Documents;

/// <summary>A hostile document uses memory in proportion to its size; the largest payload is 128 KB.</summary>
public sealed class FaultListTests
{
    private const int MaxPayload = 128 * 1024;

    // The agent's peak must stay below 32 MB; it uses 18 MB before the first message.
    private const long MaxAllocated = 8 * 1024 * 1024;

    public static TheoryData<string, string, string, string> Hostile => new()
    {
        { "steps of a wrong type", "{\"version\":\"1.0\",\"steps\":[", "1", "]}" },
        { "steps without an action", "{\"version\":\"1.0\",\"steps\":[", "{}", "]}" },
        { "steps of a wrong action", "{\"version\":\"1.0\",\"steps\":[", "{\"action\":{\"type\":\"x\"}}", "]}" },
        { "steps of an empty command", "{\"version\":\"1.0\",\"steps\":[",
        "{\"action\":{\"name\":\"n\",\"type\":\"runCommand\",\"input\":{\"command\":\"\"}}}", "]}" },
        { "conditions", "{\"version\":\"1.0\",\"steps\":[],\"conditions\":[", "{\"key\":\"x\"}", "]}" },
        { "values of a condition", "{\"version\":\"1.0\",\"steps\":[],\"conditions\":[{\"key\":\"x\",\"value\":[", "1", "]}]}" },
        { "arguments", "{\"operation\":\"x\",\"args\":[", "1", "]}" },
        { "NUL in arguments", "{\"operation\":\"x\",\"args\":[", "\"\\u0000\"", "]}" },
        { "words of a command",
            "{\"version\":\"1.0\",\"steps\":[{\"action\":{\"name\":\"n\",\"type\":\"runCommand\",\"input\":{\"command\":[", "\"\\u0000\"",
            "]}}}]}" },
        { "variables",
            "{\"version\":\"1.0\",\"steps\":[{\"action\":{\"name\":\"n\",\"type\":\"runCommand\",\"input\":{\"command\":\"a\"},\"environment\":{", "\"1\":1", "}}}]}" },
        { "exit codes",
            "{\"version\":\"1.0\",\"steps\":[{\"action\":{\"name\":\"n\",\"type\":\"runCommand\",\"input\":{\"command\":\"a\"},\"successExitCodes\":[", "999", "]}}]}" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Only_the_first_faults_of_a_document_are_listed(string what, string begin, string item, string end)
    {
        byte[] document = Encoding.UTF8.GetBytes(
            begin + string.Join(',', Enumerable.Repeat(item, (MaxPayload - 200) / (item.Length + 1))) + end);
        JobDocumentReader.BuiltIn.Read("{\"version\":\"1.0\",\"steps\":[1]}"u8.ToArray());
        long before = GC.GetAllocatedBytesForCurrentThread();
        DocumentResult result = JobDocumentReader.BuiltIn.Read(document);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.False(result.IsValid, what);
        Assert.InRange(result.Faults.Count, 1, FaultList.MaxCount + 1);
        Assert.True(result.Reason.Length < 10_000, $"{what}: {result.Reason.Length} characters");
        Assert.True(allocated < MaxAllocated, $"{what}: {allocated} bytes are allocated for {document.Length}");
    }

    [Theory]
    [InlineData(FaultList.MaxCount, false)]
    [InlineData(FaultList.MaxCount + 1, true)]
    [InlineData(60_000, true)]
    public void Further_faults_are_announced(int count, bool isMore)
    {
        string document = $"{{\"version\":\"1.0\",\"steps\":[{string.Join(',', Enumerable.Repeat("1", count))}]}}";
        DocumentResult result = JobDocumentReader.BuiltIn.Read(Encoding.UTF8.GetBytes(document));
        Assert.Equal(FaultList.MaxCount + (isMore ? 1 : 0), result.Faults.Count);
        Assert.Equal("steps[19]", result.Faults[FaultList.MaxCount - 1].Path);
        Assert.Equal(isMore, result.Reason.EndsWith("; and more: only the first 20 faults are shown", StringComparison.Ordinal));
    }

    [Fact]
    public void Long_names_are_shortened_in_a_fault()
    {
        string name = new('x', 30_000);
        string document = """
            {"version":"1.0","conditions":[{"key":"NAME","value":["x"]}],"steps":[{"action":{"name":"n","type":"runCommand",
            "input":{"command":"NAME y"},"workingDirectory":"NAME","environment":{"1NAME":"v"}}}]}
            """.Replace("NAME", name, StringComparison.Ordinal);
        DocumentResult result = JobDocumentReader.BuiltIn.Read(Encoding.UTF8.GetBytes(document));
        Assert.True(result.Faults.Count >= 4, result.Reason);
        Assert.All(result.Faults, fault => Assert.True(fault.ToString().Length < 400, fault.ToString()));
    }
}
