using System.Globalization;
using System.Net;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Serves one file over HTTP, with ranges and configurable faults.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly byte[] _file;
    private readonly Task _serving;

    public FileServer(byte[] file)
    {
        _file = file;
        int port = Testing.TestPorts.Free();
        Root = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/");
        Url = Root + "update.bin";
        _listener.Prefixes.Add(Root);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url { get; }

    /// <summary>The URL of the server. Every path is the file.</summary>
    public string Root { get; }

    /// <summary>The number of redirects before the file.</summary>
    public int Redirects { get; init; }

    public byte[] RedirectBody { get; init; } = [];

    /// <summary>Whether it sends the file in chunks, without its length.</summary>
    public bool IsChunked { get; init; }

    /// <summary>The file's ETag; null for none.</summary>
    public string? Tag { get; set; } = "\"v1\"";

    /// <summary>Whether it evaluates If-Range.</summary>
    public bool KnowsIfRange { get; init; } = true;

    /// <summary>The offset between the range that it sends and the requested one.</summary>
    public int RangeError { get; init; }

    /// <summary>A wrong Content-Length; null for the right one.</summary>
    public long? DeclaredLength { get; init; }

    public string? Encoding { get; init; }

    /// <summary>The statuses of the next responses, before the file.</summary>
    public Queue<HttpStatusCode> Failures { get; } = [];

    /// <summary>Delays the second half of a file until it completes; null for no delay.</summary>
    public TaskCompletionSource? Held { get; set; }

    /// <summary>The path and query of every request, in order.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>How many of the next downloads are closed half way.</summary>
    public int Breaks { get; set; }

    public bool HasRanges { get; set; } = true;

    /// <summary>The status of every response; null to send the file.</summary>
    public HttpStatusCode? Refusal { get; set; }

    /// <summary>The first byte of each download.</summary>
    public List<int> Starts { get; } = [];

    public void Dispose()
    {
        _listener.Close();
        Held?.TrySetResult();
        _serving.GetAwaiter().GetResult();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                try
                {
                    await AnswerAsync(context);
                }
                catch (HttpListenerException)
                {
                    // The client closed the connection.
                }
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        HttpListenerRequest request = context.Request;
        HttpListenerResponse response = context.Response;
        Requests.Add(request.RawUrl!);
        if (Refusal is { } status || Failures.TryDequeue(out status))
        {
            response.StatusCode = (int)status;
            response.Close();
            return;
        }

        if (Redirect(request) is { } location)
        {
            response.StatusCode = (int)HttpStatusCode.Found;
            response.AddHeader("Location", location);
            response.AddHeader("ETag", "\"redirect\"");
            response.ContentLength64 = RedirectBody.Length;
            await response.OutputStream.WriteAsync(RedirectBody);
            response.Close();
            return;
        }

        string? range = HasRanges ? request.Headers["Range"] : null;
        if (KnowsIfRange && request.Headers["If-Range"] is { } wanted && wanted != Tag)
        {
            range = null;
        }

        string[] bounds = range is null ? [] : range["bytes=".Length..].Split('-');
        int start = range is null ? 0 : int.Parse(bounds[0], CultureInfo.InvariantCulture) + RangeError;
        int end = range is null || bounds[1].Length == 0 ? _file.Length : int.Parse(bounds[1], CultureInfo.InvariantCulture) + 1;
        if (Tag is not null)
        {
            response.AddHeader("ETag", Tag);
        }

        if (Encoding is not null)
        {
            response.AddHeader("Content-Encoding", Encoding);
        }

        if (range is not null && start >= _file.Length)
        {
            response.StatusCode = (int)HttpStatusCode.RequestedRangeNotSatisfiable;
            response.AddHeader("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{_file.Length}"));
            response.Close();
            return;
        }

        if (range is not null)
        {
            response.StatusCode = (int)HttpStatusCode.PartialContent;
            response.AddHeader("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{end - 1}/{_file.Length}"));
        }

        if (IsChunked)
        {
            response.SendChunked = true;
        }
        else
        {
            response.ContentLength64 = DeclaredLength ?? end - start;
        }

        bool isProbe = request.Headers["Range"] == "bytes=0-0";
        if (!isProbe)
        {
            Starts.Add(start);
            if (Breaks > 0 || Held is not null)
            {
                Breaks--;
                await response.OutputStream.WriteAsync(_file.AsMemory(start, (end - start) / 2));
                await response.OutputStream.FlushAsync();
                if (Held is not null)
                {
                    await Held.Task;
                }

                response.Abort();
                return;
            }
        }

        await response.OutputStream.WriteAsync(_file.AsMemory(start, end - start));
        response.Close();
    }

    private string? Redirect(HttpListenerRequest request)
    {
        string? hop = request.QueryString["hop"];
        int number = hop is null ? 0 : int.Parse(hop, CultureInfo.InvariantCulture);
        return number < Redirects ? string.Create(CultureInfo.InvariantCulture, $"/next?hop={number + 1}") : null;
    }
}
