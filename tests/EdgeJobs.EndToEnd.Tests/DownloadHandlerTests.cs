using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The handler of AWS-Download-File, with a server that fails in typical ways.</summary>
public sealed class DownloadHandlerTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly byte[] _file = RandomNumberGenerator.GetBytes(1_000_001);

    public void Dispose() => _directory.Dispose();

    private string Target => _directory["update.bin"];

    [Fact]
    public async Task A_download_leaves_the_complete_file_only()
    {
        using FileServer server = new(_file);
        ChildResult result = await DownloadAsync(server.Url + "?X-Amz-Signature=secret", Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
        Assert.Equal([Target], Directory.GetFiles(_directory.Path));
        Assert.DoesNotContain("secret", result.Output + result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_connection_continues_at_the_missing_part()
    {
        using FileServer server = new(_file) { Breaks = 2 };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
        Assert.Equal(3, server.Starts.Count);
        Assert.True(server.Starts[1] > 0 && server.Starts[2] > server.Starts[1], string.Join(' ', server.Starts));
    }

    [Fact]
    public async Task An_attempt_after_a_power_cut_continues_with_a_newly_signed_URL()
    {
        using FileServer server = new(_file);
        await File.WriteAllBytesAsync(Target + ".part", _file[..400_000]);
        await File.WriteAllTextAsync(
            Target + ".part.of",
            string.Create(CultureInfo.InvariantCulture, $"{server.Url} \"v1\" {_file.Length}\n"));
        ChildResult result = await DownloadAsync(server.Url + "?signature=new", Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
        Assert.Equal([400_000], server.Starts);
    }

    [Fact]
    public async Task A_partial_download_of_another_file_is_not_used()
    {
        using FileServer server = new(_file);
        await File.WriteAllBytesAsync(Target + ".part", new byte[400_000]);
        await File.WriteAllTextAsync(Target + ".part.of", "http://elsewhere/update.bin \"v0\" 1000001\n");
        Assert.Equal(0, (await DownloadAsync(server.Url, Sum())).ExitCode);
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task A_server_without_range_support_works()
    {
        using FileServer server = new(_file) { HasRanges = false };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task A_wrong_checksum_keeps_the_old_file()
    {
        using FileServer server = new(_file);
        await File.WriteAllTextAsync(Target, "old");
        ChildResult result = await DownloadAsync(server.Url, new string('0', 64));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"the file's SHA-256 is {Sum()} instead of 0000", result.Errors, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(Target));
        Assert.Equal([Target], Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task A_refusal_is_reported_and_not_retried()
    {
        using FileServer server = new(_file) { Refusal = HttpStatusCode.Forbidden };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("403", result.Errors, StringComparison.Ordinal);
        Assert.Contains("a signed URL that has expired needs a new job", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 5)]
    [InlineData(4, 1000)]
    public async Task Only_the_last_response_after_redirects_describes_the_file(int redirects, int bodyLength)
    {
        using FileServer server = new(_file)
        {
            Redirects = redirects,
            RedirectBody = new byte[bodyLength],
            IsChunked = true,
            HasRanges = false,
        };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
        Assert.Equal(redirects + 1, server.Requests.Count);
    }

    [Fact]
    public async Task A_download_behind_redirects_continues_where_its_connection_broke()
    {
        using FileServer server = new(_file) { Redirects = 2, RedirectBody = new byte[7], Breaks = 1 };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
        Assert.Equal([0, server.Starts[^1]], server.Starts);
        Assert.True(server.Starts[^1] > 0);
    }

    [Fact]
    public async Task A_chunked_file_without_ranges_is_fetched_once()
    {
        using FileServer server = new(_file) { IsChunked = true, HasRanges = false };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task An_empty_file_is_downloaded(bool hasRanges, bool isChunked)
    {
        using FileServer server = new([]) { HasRanges = hasRanges, IsChunked = isChunked };
        ChildResult result = await DownloadAsync(server.Url, Convert.ToHexStringLower(SHA256.HashData([])));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(0, new FileInfo(Target).Length);
        Assert.Equal([Target], Directory.GetFiles(_directory.Path));
    }

    [Theory]
    [InlineData("[1-3].bin")]
    [InlineData("{a,b}.bin")]
    [InlineData("a%20b%5B1-2%5D?x={y,z}&r=[1-9]")]
    public async Task Brackets_and_braces_in_a_URL_are_not_expanded(string path)
    {
        using FileServer server = new(_file);
        ChildResult result = await DownloadAsync(server.Root + path, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
        Assert.All(server.Requests, request => Assert.Equal("/" + path, request));
    }

    [Fact]
    public async Task The_host_may_be_an_IPv6_address()
    {
        // HttpListener does not accept an IPv6 address.
        using TcpListener listener = new(IPAddress.IPv6Loopback, 0);
        listener.Start();
        Task serving = AnswerOnceAsync(listener);
        string url = string.Create(CultureInfo.InvariantCulture, $"http://[::1]:{((IPEndPoint)listener.LocalEndpoint).Port}/f");
        ChildResult result = await DownloadAsync(url, "");
        Assert.True(result.ExitCode == 0, result.ToString());
        await serving;
        Assert.Equal("hello", await File.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_directory_is_rejected_as_the_target()
    {
        using FileServer server = new(_file);
        Directory.CreateDirectory(Target);
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{Target} is a directory; name a file in it", result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Target));
        Assert.Empty(Directory.GetFiles(_directory.Path));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("-o")]
    [InlineData("a b 'c' \"d\" $HOME `id` *")]
    [InlineData("back\\slash\\n")]
    [InlineData("Größe [1-3] {a,b} #1 %20")]
    public async Task A_file_may_have_any_name(string name)
    {
        using FileServer server = new(_file) { Breaks = 1 };
        ChildResult result = await ChildProcess.RunAsync("sh", [Script, "", server.Url, _directory[name], Sum()]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal([_directory[name]], Directory.GetFiles(_directory.Path));
        Assert.Equal(_file, await File.ReadAllBytesAsync(_directory[name]));
        Assert.Contains($"{_directory[name]}: {_file.Length} bytes", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_complete_before_a_power_cut_costs_one_byte()
    {
        using FileServer server = new(_file);
        await LeaveAsync(server, _file);
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
        Assert.Equal([_file.Length - 1], server.Starts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_has_changed_since_the_last_attempt_is_fetched_whole(bool knowsIfRange)
    {
        using FileServer server = new(_file) { Tag = "\"v2\"", KnowsIfRange = knowsIfRange };
        await LeaveAsync(server, new byte[400_000]);
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_partial_file_longer_than_the_file_is_not_used()
    {
        using FileServer server = new(_file);
        await LeaveAsync(server, new byte[_file.Length + 10]);
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
    }

    [Fact]
    public async Task After_a_wrong_range_the_whole_file_is_fetched()
    {
        using FileServer server = new(_file) { RangeError = -3, Breaks = 1 };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W/\"v1\"")]
    public async Task Without_a_strong_ETag_or_a_date_the_download_restarts(string? tag)
    {
        using FileServer server = new(_file) { Tag = tag, Breaks = 1 };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
        Assert.Equal([0, 0], server.Starts);
    }

    [Fact]
    public async Task A_partial_file_that_is_a_symbolic_link_is_not_followed()
    {
        using FileServer server = new(_file);
        await LeaveAsync(server, []);
        File.Delete(Target + ".part");
        await File.WriteAllTextAsync(_directory["victim"], "victim");
        File.CreateSymbolicLink(Target + ".part", _directory["victim"]);
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("victim", await File.ReadAllTextAsync(_directory["victim"]));
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task An_encoded_file_is_stored_as_the_server_sends_it()
    {
        using FileServer server = new(_file) { Encoding = "gzip" };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_busy_server_is_retried()
    {
        using FileServer server = new(_file);
        server.Failures.Enqueue(HttpStatusCode.ServiceUnavailable);
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
    }

    [Theory]
    [InlineData(HttpStatusCode.NoContent)]
    [InlineData(HttpStatusCode.MultipleChoices)]
    public async Task An_unexpected_status_is_reported(HttpStatusCode status)
    {
        using FileServer server = new(_file) { Refusal = status };
        ChildResult result = await DownloadAsync(server.Url, "");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"the server answers with status {(int)status} instead of the file", result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task A_file_larger_than_the_free_space_is_not_started()
    {
        using FileServer server = new(_file) { DeclaredLength = 1_000_000_000_000_000 };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"no room for the file: 976562500000 KB are needed in {_directory.Path}", result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task A_full_disk_leaves_no_partial_file()
    {
        using FileServer server = new(_file) { IsChunked = true };
        ChildResult result = await ChildProcess.RunAsync(
            "sh", ["-c", "trap '' XFSZ; ulimit -f 200; exec sh \"$@\"", "sh", Script, "", server.Url, Target, Sum()]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"the disk is full, or {Target}.part can't be written", result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task A_refusal_without_a_partial_file_leaves_no_file()
    {
        using FileServer server = new(_file) { Refusal = HttpStatusCode.Forbidden };
        await DownloadAsync(server.Url, Sum());
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task A_refusal_keeps_the_partial_file_for_a_newly_signed_URL()
    {
        using FileServer server = new(_file) { Refusal = HttpStatusCode.Forbidden };
        await LeaveAsync(server, _file[..400_000]);
        Assert.Equal(1, (await DownloadAsync(server.Url + "?signature=old", Sum())).ExitCode);
        server.Refusal = null;
        Assert.Equal(0, (await DownloadAsync(server.Url + "?signature=new", Sum())).ExitCode);
        await AssertWholeAsync();
        Assert.Equal([400_000], server.Starts);
    }

    [Fact]
    public async Task A_download_killed_by_a_signal_continues()
    {
        TaskCompletionSource held = new();
        using FileServer server = new(_file) { Held = held };
        await using (ChildProcess child = ChildProcess.Start("sh", [Script, "", server.Url, Target, Sum()]))
        {
            await child.WaitUntilAsync(
                () => Task.FromResult(
                    File.Exists(Target + ".part.of") && new FileInfo(Target + ".part") is { Exists: true, Length: > 400_000 }),
                "nearly half of the file");
            child.AskToEnd();
            Assert.Equal(143, (await child.WaitForExitAsync()).ExitCode);
        }

        server.Held = null;
        held.SetResult();
        Assert.Equal([Target + ".part", Target + ".part.of"], Directory.GetFiles(_directory.Path).Order());
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        await AssertWholeAsync();
        Assert.Equal(2, server.Starts.Count);
        Assert.InRange(server.Starts[1], 400_001, 500_000);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/f", "relative/f", "'relative/f' is not an absolute path")]
    [InlineData("http://127.0.0.1:1/f", "/nowhere/f", "the directory /nowhere does not exist")]
    [InlineData("file:///etc/passwd", "/tmp/f", "the URL begins with neither http:// nor https://")]
    [InlineData("http://127.0.0.1:1/\"", "/tmp/f", "the URL holds a character that no URL can have")]
    [InlineData("http://127.0.0.1:1/\noutput=/tmp/g", "/tmp/f", "the URL holds a character that no URL can have")]
    [InlineData("http://127.0.0.1:1/f", "/tmp/", "'/tmp/' names a directory")]
    [InlineData("http://127.0.0.1:1/f", "/dev/null", "/dev/null is not a regular file")]
    public async Task Bad_arguments_are_reported(string url, string file, string message)
    {
        ChildResult result = await ChildProcess.RunAsync("sh", [Script, "", url, file]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
    }

    private static async Task AnswerOnceAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        byte[] request = new byte[4096];
        int length = 0;
        while (request.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            length += await client.GetStream().ReadAsync(request.AsMemory(length));
        }

        await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray());
    }

    private async Task AssertWholeAsync()
    {
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
        Assert.Equal([Target], Directory.GetFiles(_directory.Path));
    }

    /// <summary>Creates the files that an attempt before a power cut leaves.</summary>
    private async Task LeaveAsync(FileServer server, byte[] part)
    {
        await File.WriteAllBytesAsync(Target + ".part", part);
        await File.WriteAllTextAsync(
            Target + ".part.of",
            string.Create(CultureInfo.InvariantCulture, $"{server.Url} \"v1\" {_file.Length}\n"));
    }

    private static string Script => Repository.PathOf("packaging", "handlers", "download-file.sh");

    private string Sum() => Convert.ToHexStringLower(SHA256.HashData(_file));

    private Task<ChildResult> DownloadAsync(string url, string sum) => ChildProcess.RunAsync("sh", [Script, "", url, Target, sum]);
}
