using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using EdgeJobs.Protocol;

namespace EdgeJobs.Benchmarks;

/// <summary>Builds and matches the longest kind of topic.</summary>
public partial class TopicBenchmarks
{
    private const string Expression = """^\$aws/things/(?<thing>[a-zA-Z0-9:_-]{1,128})/jobs/(?<job>[a-zA-Z0-9_-]{1,64})/update/accepted$""";
    private const string Topic = "$aws/things/edge-dev-01/jobs/fw-2-1-0/update/accepted";
    private readonly char[] _buffer = new char[256];
    private readonly Regex _compiled = new(Expression, RegexOptions.Compiled);

    [Benchmark(Description = "match: EdgeJobs")]
    public int Match() => JobsTopics.TryMatch(Topic, out JobsTopicMatch match) ? match.JobId.Length : -1;

    [Benchmark(Description = "match: string.Split")]
    public int MatchSplit()
    {
        string[] levels = Topic.Split('/');
        return levels.Length == 7 && levels[0] == "$aws" && levels[1] == "things" && levels[3] == "jobs" && levels[5] == "update"
            && levels[6] == "accepted"
            ? levels[4].Length
            : -1;
    }

    [Benchmark(Description = "match: regular expression, source-generated")]
    public int MatchRegex() => Match(Pattern());

    [Benchmark(Description = "match: regular expression, compiled at run time")]
    public int MatchCompiledRegex() => Match(_compiled);

    [Benchmark(Description = "build: EdgeJobs, into a span")]
    public int Format() => JobsTopics.TryFormatUpdateJobExecution(_buffer, "edge-dev-01", "fw-2-1-0", out int written) ? written : -1;

    [Benchmark(Description = "build: EdgeJobs, string")]
    public int Build() => JobsTopics.UpdateJobExecution("edge-dev-01", "fw-2-1-0").Length;

    [Benchmark(Description = "build: string interpolation, nothing checked")]
    public int Interpolate() => Interpolate("edge-dev-01", "fw-2-1-0").Length;

    private static string Interpolate(string thing, string job) => $"$aws/things/{thing}/jobs/{job}/update";

    private static int Match(Regex expression)
    {
        Match match = expression.Match(Topic);
        return match.Success ? match.Groups["job"].Length : -1;
    }

    [GeneratedRegex(Expression)]
    private static partial Regex Pattern();
}
