using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Gets the bytes of a file that are missing, with one request and its redirects.</summary>
internal sealed class FileFetcher
{
    private const int BlockBytes = 64 * 1024;
    private readonly DownloadOptions _options;
    private readonly StepAction.Download _plan;
    private readonly HttpDialer _dialer;
    private readonly DownloadProgress _progress;
    private readonly TargetFile _target;
    private readonly PartialFile _part;
    private ResumeRecord? _record;

    /// <param name="options">The options.</param>
    /// <param name="dialer">Reaches the server.</param>
    /// <param name="plan">What the document says about the file.</param>
    /// <param name="target">Where the file belongs.</param>
    /// <param name="part">What has arrived.</param>
    /// <param name="record">What is known about that; null if nothing.</param>
    /// <param name="progress">Gets the progress.</param>
    public FileFetcher(
        DownloadOptions options,
        HttpDialer dialer,
        StepAction.Download plan,
        TargetFile target,
        PartialFile part,
        ResumeRecord? record,
        IProgress<StepProgress> progress)
    {
        _options = options;
        _plan = plan;
        _dialer = dialer;
        _progress = new DownloadProgress(progress, options.Time);
        _target = target;
        _part = part;
        _record = part.Length > 0 ? record : null;
        IsResumed = part.Length > 0;
    }

    /// <summary>Whether the file has bytes of an earlier response, which a wrong checksum may come from.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>Whether to request whole files only, because the server does not continue them correctly.</summary>
    public bool IgnoresRanges { get; set; }

    /// <summary>Gets all bytes that are missing.</summary>
    /// <exception cref="DownloadFailure">Not all of them arrived.</exception>
    public async Task FetchAsync(DownloadUrl url, CancellationToken cancellationToken)
    {
        if (_record is { Total: >= 0 and var total } && total == _part.Length && _record.Location == url.Location)
        {
            return;
        }

        using CancellationTokenSource stall = new(_options.StallTimeout, _options.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            if (_record is null || _record.Location != url.Location || IgnoresRanges)
            {
                Restart();
            }

            (string Validator, long From) resume = (_record?.Validator ?? "", _part.Length);
            using HttpResponse response =
                await _dialer.GetAsync(url, FileAnswer.RequestHeaders(resume), stall, either.Token).ConfigureAwait(false);
            FileAnswer answer = FileAnswer.Read(response, url, resume, _plan, _options.Time.GetUtcNow());
            if (answer.From != _part.Length)
            {
                Restart();
            }

            IsResumed = _part.Length > 0;
            CheckSpace(answer);
            _part.Flush();
            _record = new ResumeRecord(_plan.Path, url.Location, _plan.Sha256 ?? "", answer.Validator, answer.Total ?? -1, _part.Length);
            Checkpoint();
            await ReadBodyAsync(response, answer, stall, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new DownloadFailure(
                $"{url.Location}: less than {_options.SlowBytes} bytes in {StatusText.Seconds(_options.StallTimeout)} s", isFinal: false);
        }
        catch (Exception e) when (DownloadFailure.IsOfConnection(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw DownloadFailure.OfConnection(url, e);
        }
    }

    /// <summary>Drops what has arrived.</summary>
    public void Restart()
    {
        if (_part.Length > 0)
        {
            _part.Clear();
        }

        _record = null;
        IsResumed = false;
    }

    private async Task ReadBodyAsync(
        HttpResponse response, FileAnswer answer, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        byte[] block = new byte[BlockBytes];
        TransferPace pace = new(_options.Time, _options.BytesPerSecond);
        int most = pace.Limit(BlockBytes);
        long moved = 0;
        while (true)
        {
            // Not on the thread of the sockets, which would wait for the disk.
            int count = await response.ReadAsync(block.AsMemory(0, most), cancellationToken)
                .AsTask().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            if (count == 0)
            {
                break;
            }

            if (_part.Length + count > answer.Limit)
            {
                throw new DownloadFailure(answer.TooLong);
            }

            _part.Append(block.AsSpan(0, count));

            moved += count;
            if (moved >= _options.SlowBytes)
            {
                moved = 0;
                stall.CancelAfter(_options.StallTimeout);
            }

            if (_part.Length - _record!.Durable >= _options.CheckpointBytes)
            {
                _part.Flush();
                _record = _record with { Durable = _part.Length };
                Checkpoint();
            }

            _progress.Report(_part.Length, answer.Total);
            TimeSpan delay = pace.Next(count);
            if (delay > TimeSpan.Zero)
            {
                // The server is not slow: the agent does not read.
                stall.CancelAfter(Timeout.InfiniteTimeSpan);
                await Task.Delay(delay, _options.Time, cancellationToken).ConfigureAwait(false);
                stall.CancelAfter(_options.StallTimeout);
                moved = 0;
            }
        }

        // The end of the file is known: what arrived is complete, also when the agent ends now.
        _record = _record! with { Total = _part.Length };
    }

    private void CheckSpace(FileAnswer answer)
    {
        long free = _target.FreeBytes() - _options.SpareBytes;
        long missing = (answer.Total ?? _part.Length) - _part.Length;
        if (missing > free)
        {
            throw new DownloadFailure(
                $"no room for the file in {Path.GetDirectoryName(_target.Path)}: {missing} bytes are needed, and {Math.Max(0, free)} are "
                    + "free; free some");
        }

        answer.LimitTo(_part.Length + Math.Max(0, free));
    }

    private void Checkpoint()
    {
        try
        {
            _record!.Write(_options.DataDirectory);
        }
        catch (IOException e)
        {
            throw new DownloadFailure(e.Message);
        }
    }
}
