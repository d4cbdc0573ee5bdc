using System.Globalization;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Reports how far a download is, at most once a second.</summary>
internal sealed class DownloadProgress(IProgress<StepProgress> progress, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private long _last = time.GetTimestamp();
    private long? _bytes;

    public void Report(long bytes, long? total)
    {
        long now = time.GetTimestamp();
        TimeSpan passed = time.GetElapsedTime(_last, now);
        if (_bytes is { } before && passed < Interval && bytes >= before)
        {
            return;
        }

        string rate = _bytes is { } earlier && passed > TimeSpan.Zero && bytes >= earlier
            ? string.Create(CultureInfo.InvariantCulture, $"{(bytes - earlier) / passed.TotalSeconds / 1024:0} KB/s")
            : "";
        _last = now;
        _bytes = bytes;
        progress.Report(new StepProgress
        {
            Percent = total > 0 ? (int)(bytes * 100.0 / total.Value) : null,
            Values = new ValueMap<string>([new("bytes", Text(bytes, total)), new("rate", rate)]),
        });
    }

    private static string Text(long bytes, long? total) =>
        total is null
            ? bytes.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{bytes}/{total}");
}
