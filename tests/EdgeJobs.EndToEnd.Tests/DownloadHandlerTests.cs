using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The handler of AWS-Download-File, against a server that fails as servers do.</summary>
public sealed class DownloadHandlerTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly byte[] _file = RandomNumberGenerator.GetBytes(1_000_001);

    public void Dispose() => _directory.Dispose();

    private string Target => _directory["update.bin"];

    [Fact]
    public async Task A_file_comes_whole_and_nothing_else_is_left()
    {
        using FileServer server = new(_file);
        ChildResult result = await DownloadAsync(server.Url + "?X-Amz-Signature=secret", Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
        Assert.Equal([Target], Directory.GetFiles(_directory.Path));
        Assert.DoesNotContain("secret", result.Output + result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_line_costs_only_what_had_not_come()
    {
        using FileServer server = new(_file) { Breaks = 2 };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
        Assert.Equal(3, server.Starts.Count);
        Assert.True(server.Starts[1] > 0 && server.Starts[2] > server.Starts[1], string.Join(' ', server.Starts));
    }

    [Fact]
    public async Task An_attempt_after_a_power_cut_goes_on_also_with_a_URL_that_was_signed_anew()
    {
        using FileServer server = new(_file);
        await File.WriteAllBytesAsync(Target + ".part", _file[..400_000]);
        await File.WriteAllTextAsync(Target + ".part.of", string.Create(CultureInfo.InvariantCulture, $"{server.Url} \"v1\" {_file.Length}\n"));
        ChildResult result = await DownloadAsync(server.Url + "?signature=new", Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
        Assert.Equal([400_000], server.Starts);
    }

    [Fact]
    public async Task What_is_left_of_another_file_is_not_used()
    {
        using FileServer server = new(_file);
        await File.WriteAllBytesAsync(Target + ".part", new byte[400_000]);
        await File.WriteAllTextAsync(Target + ".part.of", "http://elsewhere/update.bin \"v0\" 1000001\n");
        Assert.Equal(0, (await DownloadAsync(server.Url, Sum())).ExitCode);
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task A_server_without_ranges_will_do()
    {
        using FileServer server = new(_file) { HasRanges = false };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(_file, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task A_wrong_checksum_leaves_the_old_file_as_it_was()
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
    public async Task A_refusal_is_told_and_not_tried_again()
    {
        using FileServer server = new(_file) { Refusal = HttpStatusCode.Forbidden };
        ChildResult result = await DownloadAsync(server.Url, Sum());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("403", result.Errors, StringComparison.Ordinal);
        Assert.Contains("a signed URL that has expired needs a new job", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/f", "relative/f", "'relative/f' is no absolute path")]
    [InlineData("http://127.0.0.1:1/f", "/nowhere/f", "the directory /nowhere does not exist")]
    [InlineData("file:///etc/passwd", "/tmp/f", "the URL begins with neither http:// nor https://")]
    [InlineData("http://127.0.0.1:1/\"", "/tmp/f", "the URL holds a character that no URL can have")]
    public async Task Bad_arguments_are_named(string url, string file, string message)
    {
        ChildResult result = await ChildProcess.RunAsync("sh", [Script, "", url, file]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
    }

    private static string Script => Repository.PathOf("packaging", "handlers", "download-file.sh");

    private string Sum() => Convert.ToHexStringLower(SHA256.HashData(_file));

    private Task<ChildResult> DownloadAsync(string url, string sum) => ChildProcess.RunAsync("sh", [Script, "", url, Target, sum]);
}
