using System.Globalization;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The native agent downloads a file of a bucket of the local cloud, and is killed in the middle of it.</summary>
public sealed class DownloadStepTests() : BucketTests(size: 20_000_000)
{
    [Fact]
    public async Task A_file_of_a_bucket_arrives()
    {
        await Cloud.CreateJobAsync("update", Thing, Document("s3-presigned-url", "pump 2.1.bin"), urlSeconds: 60);
        await Cloud.CreateJobAsync("no-file", Thing, Document("s3-presigned-url-v2", "pump%202.2.bin", "other.bin"), urlSeconds: 60);
        ChildResult result = await AgentBinary.X64.RunAsync(Run);
        await Cloud.WaitForStatusAsync(Thing, "update", "SUCCEEDED");
        AssertWhole();
        ExecutionStatus failed = await Cloud.WaitForStatusAsync(Thing, "no-file", "FAILED");
        Assert.Contains(
            "pump%202.2.bin: the server answers with status 404 instead of the file",
            failed.Detail("reason"),
            StringComparison.Ordinal);
        Assert.DoesNotContain("X-Amz", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public async Task An_agent_killed_in_the_middle_continues_at_the_missing_byte(int kills)
    {
        await Cloud.CreateJobAsync("update", Thing, Document("s3-presigned-url", "pump 2.1.bin"), urlSeconds: 3600);
        long most = 0;
        for (int i = 1; i <= kills; i++)
        {
            await using ChildProcess agent = StartSlowly();
            most = await WaitForPartAsync(agent, more: most + (Content.Length / (kills + 3)));
            string id = await File.ReadAllTextAsync(Path.Combine(Data, "agent.pid"));
            Assert.True(ChildProcess.KillById(int.Parse(id, CultureInfo.InvariantCulture)));
            await agent.WaitForExitAsync();
            Assert.False(File.Exists(Target));
            Assert.Equal("IN_PROGRESS", (await Cloud.DescribeAsync(Thing, "update")).Status);
        }

        ChildResult last = await AgentBinary.X64.RunAsync(Run);
        await Cloud.WaitForStatusAsync(Thing, "update", "SUCCEEDED");
        AssertWhole();
        long[] starts = Starts();
        Assert.Equal(kills + 1, starts.Length);
        Assert.True(starts[^1] >= most, $"{starts[^1]} of {most}: {last}");
        Assert.Equal(starts.Order(), starts);
    }

    [Fact]
    public async Task A_presigned_URL_that_is_no_longer_valid_is_replaced_at_the_same_byte()
    {
        await Cloud.CreateJobAsync("update", Thing, Document("s3-presigned-url", "pump 2.1.bin"), urlSeconds: 3600);
        await using ChildProcess agent = StartSlowly();
        long most = await WaitForPartAsync(agent, more: Content.Length / 4);

        // The local cloud signs with a new key after each start.
        await Cloud.KillAsync();
        await Cloud.StartAgainAsync();
        await agent.WaitForLineAsync(
            l => l.Contains("the service has signed a new URL, continuing at byte", StringComparison.Ordinal),
            "the new URL");
        await Cloud.WaitForStatusAsync(Thing, "update", "SUCCEEDED");
        AssertWhole();
        Assert.True(Starts()[^1] >= most, Cloud.Log);
    }

    [Fact]
    public async Task What_the_cloud_does_not_resolve_it_refuses_by_name()
    {
        Assert.Contains("the bucket other does not exist; start the local cloud with --bucket other=DIR", await RefusedAsync(
            Document("s3-presigned-url", "f").Replace("pump-files", "other", StringComparison.Ordinal), 60), StringComparison.Ordinal);
        Assert.Contains(
            "presignedUrlConfig is required",
            await RefusedAsync(Document("s3-presigned-url", "f"), null),
            StringComparison.Ordinal);
        Assert.Contains(
            "expiresInSec must be 60 to 3600",
            await RefusedAsync(Document("s3-presigned-url", "f"), 59),
            StringComparison.Ordinal);
        string refused = await RefusedAsync(Documents.Command("echo", "${aws:iot:code-sign-signature:s3://b/k@1}"), 60);
        Assert.Contains("aws:iot:code-sign-signature:", refused, StringComparison.Ordinal);
        Assert.Contains("which the local cloud does not resolve", refused, StringComparison.Ordinal);
    }

    private async Task<string> RefusedAsync(string document, int? seconds) => (await Assert.ThrowsAsync<InvalidOperationException>(
        () => Cloud.CreateJobAsync("refused", Thing, document, urlSeconds: seconds))).Message;

    /// <summary>Starts the agent with a delay before each write of the file.</summary>
    private ChildProcess StartSlowly()
    {
        File.Delete(Path.Combine(Data, "agent.pid"));
        return ChildProcess.Start(
            "strace",
            [
                "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:delay_enter=5000",
                AgentBinary.X64.Program, .. Run,
            ]);
    }

    private async Task<long> WaitForPartAsync(ChildProcess agent, long more)
    {
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (true)
        {
            Assert.True(agent.IsRunning && !deadline.IsCancellationRequested, "the download does not go on: " + agent.Errors);
            if (Directory.GetFiles(Scratch["files"], ".edgejobs-*.part") is [var part]
                && new FileInfo(part).Length is var length && length >= more)
            {
                return length;
            }

            await Task.Delay(1, CancellationToken.None);
        }
    }
}
