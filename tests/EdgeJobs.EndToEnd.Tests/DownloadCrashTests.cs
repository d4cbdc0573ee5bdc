using System.Globalization;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent is killed as it calls the kernel: at each file operation of a download, also at each block of at most 64 KB.
/// <c>EDGEJOBS_TEST_DOWNLOAD_BYTES</c> is the size of the file (default: 2,000,000).
/// </summary>
public sealed class DownloadCrashTests() : BucketTests(Size)
{
    private static int Size { get; } = int.Parse(
        Environment.GetEnvironmentVariable("EDGEJOBS_TEST_DOWNLOAD_BYTES") ?? "2000000", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("fsync")]
    [InlineData("fdatasync")]
    [InlineData("renameat")]
    [InlineData("unlinkat")]
    [InlineData("fchmod")]
    [InlineData("pwrite64")]
    public async Task Killed_at_any_call_the_file_is_the_old_or_the_new_one(string call)
    {
        int count = 0;
        int number = 1;
        while (true)
        {
            string job = string.Create(CultureInfo.InvariantCulture, $"{call}-{number}");
            byte[] old = [1, 2, 3];
            await File.WriteAllBytesAsync(Target, old);
            await Cloud.CreateJobAsync(job, Thing, Document("s3-presigned-url", Key), urlSeconds: 3600);
            ChildResult first = await ChildProcess.RunAsync("strace", [.. KillAtCall.Words(call, number), AgentBinary.X64.Program, .. Run]);
            if (first.ExitCode != KillAtCall.ExitCode)
            {
                // It has fewer such calls.
                Assert.True(first.ExitCode == 0, first.ToString());
                break;
            }

            count++;
            byte[] now = await File.ReadAllBytesAsync(Target);
            Assert.True(now.SequenceEqual(old) || now.SequenceEqual(Content), $"{job}: {now.Length} bytes");
            long part = Directory.GetFiles(Scratch["files"], ".edgejobs-*.part") is [var left] ? new FileInfo(left).Length : 0;
            ChildResult second = await AgentBinary.X64.RunAsync(Run);
            ExecutionStatus end = await Cloud.DescribeAsync(Thing, job);
            Assert.True(end.Status == "SUCCEEDED", $"{end}\n{second}");
            AssertWhole();
            if (now.Length == old.Length && part < Content.Length)
            {
                Assert.Equal(part, Starts()[^1]);
            }

            number++;
        }

        AssertWhole();
        Assert.True(count > 0, $"the agent does not call {call}");
    }
}
