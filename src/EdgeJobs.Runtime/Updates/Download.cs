using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Updates;

/// <summary>One attempt at a download step: requests until the file is complete, or until no request can help.</summary>
internal sealed class Download : IDisposable
{
    private const int MaxRefreshes = 3;
    private const int AttemptsPerUrl = 3;
    private readonly DownloadOptions _options;
    private readonly StepContext _step;
    private readonly StepAction.Download _plan;
    private readonly LocalUser? _owner;
    private readonly TargetFile _target;
    private readonly PartialFile _part;
    private readonly FileFetcher _fetcher;
    private readonly HttpDialer _dialer;
    private FileSignature? _signature;
    private byte[]? _signatureBytes;
    private IReadOnlyList<string> _urls;
    private long _best;

    private Download(
        DownloadOptions options, StepContext step, LocalUser? owner, TargetFile target, PartialFile part, FileFetcher fetcher,
        HttpDialer dialer)
    {
        _options = options;
        _step = step;
        _plan = (StepAction.Download)step.Step.Action;
        _urls = _plan.Urls;
        _owner = owner;
        _target = target;
        _part = part;
        _fetcher = fetcher;
        _dialer = dialer;
        _signature = _plan.Signature;
        _best = part.Length;
    }

    /// <summary>Downloads the file of a step.</summary>
    /// <exception cref="DownloadFailure">The step has failed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. What has arrived stays for the next attempt.</exception>
    public static async Task RunAsync(
        DownloadOptions options, StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        StepAction.Download plan = (StepAction.Download)step.Step.Action;
        LocalUser? owner = plan.Owner is not { } name ? null
            : LocalUser.Find(name) ?? throw new DownloadFailure(
                $"the user '{name}' does not exist on this board; create it, or remove owner from the document");
        if (plan.Signature is not null && TrustedKeys.FindFault(options.TrustedKeys) is { } fault)
        {
            throw new DownloadFailure(fault);
        }

        using TargetFile target = TargetFile.Open(plan.Path, options.Policy?.RootOf(plan.Path));
        ResumeRecord? record = ResumeRecord.Read(options.DataDirectory);
        if (HasContent(options, target, plan, owner, cancellationToken))
        {
            // The agent or the board ended after the file was replaced.
            target.Discard();
            if (record?.Target == plan.Path)
            {
                ResumeRecord.Delete(options.DataDirectory);
            }

            return;
        }

        bool isSame = record is not null && record.Target == plan.Path && record.Sha256 == (plan.Sha256 ?? "");
        if (record is not null && !isSame)
        {
            DiscardLeftover(options, record);
        }

        long keep = !isSame || record!.Validator.Length == 0 ? 0 : record.IsOfThisBoot ? long.MaxValue : record.Durable;
        PartialFile part = PartialFile.Open(target, keep, plan.Signature is { IsSha384: true }, cancellationToken);
        HttpDialer dialer = new(options);
        FileFetcher fetcher = new(options, dialer, plan, target, part, record, progress);
        using Download download = new(options, step, owner, target, part, fetcher, dialer);
        await download.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what a download left that will not continue: its job was cancelled.</summary>
    public static void DiscardLeftover(DownloadOptions options, ResumeRecord record)
    {
        try
        {
            using TargetFile target = TargetFile.Open(record.Target, options.Policy?.RootOf(record.Target));
            target.Discard();
        }
        catch (DownloadFailure)
        {
            // The directory is gone.
        }

        ResumeRecord.Delete(options.DataDirectory);
    }

    /// <inheritdoc/>
    public void Dispose() => _part.Dispose();

    /// <summary>Whether the file is there already; then it gets its permissions and owner.</summary>
    private static bool HasContent(
        DownloadOptions options, TargetFile target, StepAction.Download plan, LocalUser? owner, CancellationToken cancellationToken)
    {
        uint agent = Libc.EffectiveUser();
        if (plan.Sha256 is null || plan.Signature is { IsUrl: true } || target.Existing() is not { IsFile: true } existing
            || existing.Size != (plan.Size ?? existing.Size))
        {
            return false;
        }

        // Another user can change its own file at any time, also through a descriptor that it opened before.
        bool isOwn = existing.Owner == agent || (agent == 0 && existing.Owner == owner?.Id);
        if (!isOwn || existing.IsWritableByOthers || existing.Links > 1)
        {
            return false;
        }

        using PartialFile? whole = PartialFile.OpenWhole(target, plan.Signature is { IsSha384: true }, cancellationToken);
        if (whole?.Checksum() != plan.Sha256)
        {
            return false;
        }

        if (plan.Signature is { } signature && FindSignatureFault(options, signature, Decode(signature), whole) is { } fault)
        {
            throw new DownloadFailure(fault);
        }

        whole.Finish(plan.Mode, owner);
        return true;
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        int failures = 0;
        int refreshes = 0;
        int index = 0;
        bool[] isDead = new bool[_urls.Count];
        while (true)
        {
            DownloadFailure failure;
            try
            {
                DownloadUrl url = DownloadUrl.Parse(_urls[index], out string? fault) ?? throw new DownloadFailure($"the URL {fault}");
                await GetSignatureAsync(cancellationToken).ConfigureAwait(false);
                await _fetcher.FetchAsync(url, cancellationToken).ConfigureAwait(false);
                Complete();
                return;
            }
            catch (DownloadFailure e)
            {
                failure = e;
            }

            if (_part.Length > _best)
            {
                failures = 0;
                refreshes = 0;
                _best = _part.Length;
            }

            if (failure.IsRefused && refreshes < MaxRefreshes)
            {
                switch (await RefreshAsync(cancellationToken).ConfigureAwait(false))
                {
                    case true:
                        refreshes++;
                        AgentLog.DownloadUrlRenewed(_options.Logger, _step.Number, _step.Step.Name, failure.Message, _part.Length);
                        continue;
                    case null:
                        failure = new DownloadFailure($"{failure.Message}; the service gives no new URL now", isFinal: false);
                        break;
                }
            }

            isDead[index] = failure.IsFinal;
            if (Array.IndexOf(isDead, false) < 0)
            {
                GiveUp(keep: failure.IsRefused);
                throw failure;
            }

            if (!failure.IsFinal && ++failures >= _options.Attempts)
            {
                GiveUp(keep: true);
                throw new DownloadFailure($"{failure.Message}; the last {failures} attempts got no new byte");
            }

            if (failure.IsFinal || failures % AttemptsPerUrl == 0)
            {
                index = NextAlive(isDead, index);
            }

            if (failure.IsWrongRange)
            {
                _fetcher.IgnoresRanges = true;
            }

            TimeSpan delay = failure.IsFinal ? TimeSpan.Zero : _options.Backoff.Next(failures);
            delay = delay > failure.RetryAfter ? delay : failure.RetryAfter;
            AgentLog.DownloadRetries(
                _options.Logger, _step.Number, _step.Step.Name, failure.Message, StatusText.Seconds(delay), _part.Length);
            await Task.Delay(delay, _options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static int NextAlive(bool[] isDead, int index)
    {
        do
        {
            index = (index + 1) % isDead.Length;
        }
        while (isDead[index]);

        return index;
    }

    /// <summary>Checks what has arrived, and makes it the file.</summary>
    private void Complete()
    {
        if (_plan.Size is { } size && size != _part.Length)
        {
            Mismatch($"the file has {_part.Length} bytes instead of {size}");
        }

        if (_plan.Sha256 is { } expected && _part.Checksum() is var actual && actual != expected)
        {
            Mismatch($"the file's SHA-256 is {actual} instead of {expected}");
        }

        if (_signature is not null && FindSignatureFault(_options, _signature, _signatureBytes!, _part) is { } fault)
        {
            Mismatch(fault);
        }

        _part.Finish(_plan.Mode, _owner);
        _target.Replace();
        ResumeRecord.Delete(_options.DataDirectory);
    }

    private static string? FindSignatureFault(DownloadOptions options, FileSignature signature, byte[] bytes, PartialFile file) =>
        TrustedKeys.FindFault(options.TrustedKeys, signature, bytes, signature.IsSha384 ? file.Sha384() : file.Sha256());

    private static byte[] Decode(FileSignature signature) =>
        FileSignature.Decode(signature.Value) ?? throw new DownloadFailure("the signature in the document is not valid base64");

    /// <summary>Gets the signature before the file: without it, the file is useless.</summary>
    private async Task GetSignatureAsync(CancellationToken cancellationToken)
    {
        if (_signature is not null && _signatureBytes is null)
        {
            _signatureBytes = _signature.IsUrl
                ? await SignatureFile.GetAsync(_options, _dialer, _signature.Value, cancellationToken).ConfigureAwait(false)
                : Decode(_signature);
        }
    }

    /// <exception cref="DownloadFailure">Always. Not final if an earlier part may be the cause.</exception>
    private void Mismatch(string fault)
    {
        bool mayBeOldPart = _fetcher.IsResumed;
        _fetcher.Restart();
        throw new DownloadFailure($"{fault}; nothing is changed", isFinal: !mayBeOldPart);
    }

    /// <summary>Asks the service for new URLs.</summary>
    /// <returns>Whether there are other ones than before; null if the service does not answer.</returns>
    private async ValueTask<bool?> RefreshAsync(CancellationToken cancellationToken)
    {
        if (_step.Refresh is null)
        {
            return false;
        }

        if (await _step.Refresh(cancellationToken).ConfigureAwait(false) is not { } step)
        {
            return null;
        }

        if (step.Action is not StepAction.Download plan
            || plan.Path != _plan.Path || plan.Sha256 != _plan.Sha256 || plan.Urls.Count != _urls.Count
            || plan.Signature?.Algorithm != _plan.Signature?.Algorithm)
        {
            return false;
        }

        bool isNew = plan.Signature != _signature;
        for (int i = 0; i < plan.Urls.Count; i++)
        {
            isNew |= plan.Urls[i] != _urls[i];
        }

        _urls = plan.Urls;
        _signature = plan.Signature;
        return isNew;
    }

    private void GiveUp(bool keep)
    {
        if (!keep || _part.Length == 0)
        {
            _target.Discard();
            ResumeRecord.Delete(_options.DataDirectory);
        }
    }
}
