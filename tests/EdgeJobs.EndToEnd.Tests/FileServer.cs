using System.Globalization;
using System.Net;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Serves one file over HTTP, with ranges, and breaks off as often as it is told.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly byte[] _file;
    private readonly Task _serving;

    public FileServer(byte[] file)
    {
        _file = file;
        int port = Testing.TestPorts.Free();
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/update.bin");
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url { get; }

    /// <summary>How many of the next downloads break off half way.</summary>
    public int Breaks { get; set; }

    /// <summary>Whether it knows ranges.</summary>
    public bool HasRanges { get; set; } = true;

    /// <summary>The status of every answer, when it refuses.</summary>
    public HttpStatusCode? Refusal { get; set; }

    /// <summary>Where each download began.</summary>
    public List<int> Starts { get; } = [];

    public void Dispose()
    {
        _listener.Close();
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
                    // The client has gone.
                }
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        HttpListenerResponse response = context.Response;
        if (Refusal is { } status)
        {
            response.StatusCode = (int)status;
            response.Close();
            return;
        }

        string? range = HasRanges ? context.Request.Headers["Range"] : null;
        string[] bounds = range is null ? [] : range["bytes=".Length..].Split('-');
        int start = range is null ? 0 : int.Parse(bounds[0], CultureInfo.InvariantCulture);
        int end = range is null || bounds[1].Length == 0 ? _file.Length : int.Parse(bounds[1], CultureInfo.InvariantCulture) + 1;
        response.AddHeader("ETag", "\"v1\"");
        if (range is not null)
        {
            response.StatusCode = (int)HttpStatusCode.PartialContent;
            response.AddHeader("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{end - 1}/{_file.Length}"));
        }

        response.ContentLength64 = end - start;
        bool isProbe = context.Request.Headers["Range"] == "bytes=0-0";
        if (!isProbe)
        {
            Starts.Add(start);
            if (Breaks > 0)
            {
                Breaks--;
                await response.OutputStream.WriteAsync(_file.AsMemory(start, (end - start) / 2));
                await response.OutputStream.FlushAsync();
                response.Abort();
                return;
            }
        }

        await response.OutputStream.WriteAsync(_file.AsMemory(start, end - start));
        response.Close();
    }
}
