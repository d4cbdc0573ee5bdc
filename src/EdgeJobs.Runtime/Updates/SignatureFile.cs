using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Gets a signature from a server: as it is, or in base64.</summary>
internal static class SignatureFile
{
    /// <summary>Gets the signature.</summary>
    /// <exception cref="DownloadFailure">There is none, or the server can't be reached.</exception>
    public static async Task<byte[]> GetAsync(
        DownloadOptions options, HttpDialer dialer, string text, CancellationToken cancellationToken)
    {
        DownloadUrl url = DownloadUrl.Parse(text, out string? fault) ?? throw new DownloadFailure($"the URL of the signature {fault}");
        using CancellationTokenSource stall = new(options.StallTimeout, options.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            using HttpResponse response =
                await dialer.GetAsync(url, FileAnswer.RequestHeaders(default), stall, either.Token).ConfigureAwait(false);
            FileAnswer.CheckStatus(response, url, options.Time.GetUtcNow());
            byte[] bytes = new byte[FileSignature.MaxBytes + 1];
            int length = 0;
            int count;
            while (length < bytes.Length
                && (count = await response.ReadAsync(bytes.AsMemory(length), either.Token).ConfigureAwait(false)) > 0)
            {
                length += count;
            }

            return length == 0 ? throw new DownloadFailure($"{url.Location}: is empty instead of a signature")
                : length == bytes.Length ? throw new DownloadFailure($"{url.Location}: is longer than a signature can be")
                : FileSignature.Decode(Encoding.Latin1.GetString(bytes, 0, length)) ?? bytes[..length];
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new DownloadFailure($"{url.Location}: no answer in {StatusText.Seconds(options.StallTimeout)} s", isFinal: false);
        }
        catch (Exception e) when (DownloadFailure.IsOfConnection(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw DownloadFailure.OfConnection(url, e);
        }
    }
}
