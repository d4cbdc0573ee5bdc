using System.Text;

namespace EdgeJobs.Benchmarks;

/// <summary>The messages that the benchmarks read and write: of the shape and size that a board sees.</summary>
internal static class Payloads
{
    /// <summary>A get/accepted of DescribeJobExecution whose job document has about the given number of bytes.</summary>
    public static byte[] DescribeAccepted(int documentBytes)
    {
        StringBuilder document = new("""{"version":"1.0","includeStdOut":"true","steps":[""");
        for (int step = 0; document.Length < documentBytes - 20; step++)
        {
            document.Append(step == 0 ? "" : ",").Append(System.Globalization.CultureInfo.InvariantCulture,
                $$$"""{"action":{"name":"Download-File-{{{step}}}","type":"runHandler","input":{"handler":"download-file.sh","args":["https://files.example.com/fw/app-2.1.{{{step}}}.bin","/var/lib/app/app-2.1.{{{step}}}.bin"],"path":"default"},"runAsUser":"app"}}""");
        }

        document.Append("]}");
        return Encoding.UTF8.GetBytes(
            """{"clientToken":"5f0c2a9e00000017","timestamp":1795400030,"execution":{"jobId":"fw-2-1-0","status":"IN_PROGRESS","statusDetails":{"step":"1/3","name":"Download-File"},"queuedAt":1795400010,"startedAt":1795400030,"lastUpdatedAt":1795400030,"approximateSecondsBeforeTimedOut":1800,"versionNumber":2,"executionNumber":1,"jobDocument":"""
            + document + "}}");
    }
}
