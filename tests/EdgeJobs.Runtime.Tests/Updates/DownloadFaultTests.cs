using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Updates;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Servers and lines with faults: never a wrong or a half file, and the right end each time.</summary>
public sealed class DownloadFaultTests : IAsyncDisposable
{
    private const int Size = 1_000_001;
    private readonly DownloadFixture _download = new(Size);

    public ValueTask DisposeAsync() => _download.DisposeAsync();

    [Fact]
    public async Task A_broken_connection_continues_at_the_missing_byte()
    {
        _download.Server.Cut(300_000, times: 3);
        await _download.SucceedAsync();
        Assert.Equal([0, 300_000, 600_000, 900_000], _download.Server.Starts);
        Assert.All(_download.Server.Requests.Skip(1), r => Assert.Equal("\"v1\"", r.Header("If-Range")));
    }

    [Fact]
    public async Task A_stopped_agent_continues_at_the_missing_byte()
    {
        await _download.InterruptAsync(after: 400_000);
        await _download.SucceedAsync();
        Assert.Equal([0, 400_000], _download.Server.Starts);
    }

    [Fact]
    public async Task A_power_cut_costs_what_was_not_fsynced()
    {
        await _download.InterruptAsync(after: 450_000);
        ResumeRecord record = ResumeRecord.Read(_download.Options.DataDirectory)!;
        Assert.InRange(record.Durable, 300_000, 450_000);
        string bootId = await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id");
        string text = await File.ReadAllTextAsync(_download.Record);
        await File.WriteAllTextAsync(_download.Record, text.Replace(bootId.Trim(), "another-boot", StringComparison.Ordinal));

        // What was not fsynced is zeros after a power cut.
        await using (FileStream part = File.OpenWrite(_download.Files[0]))
        {
            part.Position = record.Durable;
            part.Write(new byte[450_000 - record.Durable]);
        }

        await _download.SucceedAsync();
        Assert.Equal([0, record.Durable], _download.Server.Starts);
    }

    [Fact]
    public async Task A_file_that_was_complete_is_not_requested_again()
    {
        // The agent is killed after the last byte, before it replaces the file.
        await _download.InterruptAsync(after: 400_000);
        await File.WriteAllBytesAsync(_download.Files[0], _download.Content);
        await _download.SucceedAsync();
        Assert.Single(_download.Server.Requests);
    }

    [Fact]
    public async Task A_changed_file_is_fetched_whole()
    {
        await _download.InterruptAsync(after: 400_000);
        _download.Server.Tag = "\"v2\"";
        await _download.SucceedAsync();
        Assert.Equal([0, 400_000], _download.Server.Starts);
    }

    [Theory]
    [InlineData("bytes 399997-1000000/1000001", "\"v1\"")]
    [InlineData("bytes 400000-999999/1000001", "\"v1\"")]
    [InlineData("bytes 400000-1000000/*", "\"v1\"")]
    [InlineData("bytes 400000-1000000/1000001", "\"v2\"")]
    [InlineData("bytes -1-1000000/1000001", "\"v1\"")]
    [InlineData("", "\"v1\"")]
    public async Task A_wrong_range_is_not_appended(string range, string tag)
    {
        await _download.InterruptAsync(after: 400_000);
        _download.Server.Answer($"HTTP/1.1 206 Partial\r\nContent-Range: {range}\r\nETag: {tag}\r\nContent-Length: 600001\r\n\r\nwrong");
        await _download.SucceedAsync();
        Assert.Equal([0, 400_000, 0], _download.Server.Starts);
    }

    [Fact]
    public async Task A_range_that_does_not_exist_starts_again()
    {
        await _download.InterruptAsync(after: 400_000);
        _download.Server.Answer(416, "Content-Range: bytes */10\r\n");
        await _download.SucceedAsync();
        Assert.Equal([0, 400_000, 0], _download.Server.Starts);
    }

    [Fact]
    public async Task Other_bytes_under_the_same_tag_are_found_by_the_checksum()
    {
        byte[] right = _download.Server.File;
        _download.Server.File = new byte[Size];
        await _download.InterruptAsync(after: 400_000);
        _download.Server.File = right;
        await _download.SucceedAsync();
        Assert.Equal([0, 400_000, 0], _download.Server.Starts);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W/\"v1\"")]
    public async Task Without_a_strong_validator_a_download_starts_again(string? tag)
    {
        _download.Server.Tag = tag;
        _download.Server.Cut(300_000);
        await _download.SucceedAsync();
        Assert.Equal([0, 0], _download.Server.Starts);
    }

    [Fact]
    public async Task A_server_without_ranges_works()
    {
        _download.Server.Cut(600_000);
        _download.Server.Repeat(1, (_, stream) => _download.Server.ServeAsync(new FileRequest("GET / HTTP/1.1"), stream));
        await _download.SucceedAsync();
        Assert.Equal([0, 600_000], _download.Server.Starts);
    }

    [Fact]
    public async Task A_wrong_checksum_keeps_the_old_file()
    {
        await File.WriteAllTextAsync(_download.Target, "old");
        string fault = await _download.FailAsync(_download.Plan() with { Sha256 = new string('0', 64) });
        Assert.Equal(
            $"the file's SHA-256 is {DownloadFixture.Sum(_download.Content)} instead of {new string('0', 64)}; nothing is changed",
            fault);
        Assert.Equal("old", await File.ReadAllTextAsync(_download.Target));
        Assert.False(File.Exists(_download.Record));
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(1_000_002)]
    public async Task A_wrong_size_is_seen_before_the_file_is_fetched(long size) => Assert.EndsWith(
        $"/update.bin: the file has 1000001 bytes instead of {size}",
        await _download.FailAsync(_download.Plan() with { Size = size }),
        StringComparison.Ordinal);

    [Fact]
    public async Task More_bytes_than_the_document_says_are_not_written()
    {
        _download.Server.Answer($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n{new string('x', 4096)}\r\n1000\r\n");
        Assert.EndsWith(
            "/update.bin: the file has more than 4000 bytes",
            await _download.FailAsync(_download.Plan() with { Size = 4000 }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(300)]
    [InlineData(304)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(451)]
    public async Task A_final_status_is_not_retried(int status)
    {
        _download.Server.Answer(status, times: 2);
        Assert.EndsWith(
            $"/update.bin: the server answers with status {status} instead of the file",
            await _download.FailAsync(),
            StringComparison.Ordinal);
        Assert.Single(_download.Server.Requests);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task A_busy_server_is_asked_again(int status)
    {
        _download.Server.Answer(status, times: 3);
        await _download.SucceedAsync();
        Assert.Equal(4, _download.Server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_stays_busy_fails_the_step()
    {
        _download.Server.Answer(503, times: 9);
        Assert.EndsWith(
            "/update.bin: the server answers with status 503; the last 5 attempts got no new byte",
            await _download.FailAsync(),
            StringComparison.Ordinal);
        Assert.Equal(5, _download.Server.Requests.Count);
    }

    [Fact]
    public async Task Attempts_with_new_bytes_do_not_count()
    {
        _download.Server.Cut(60_000, times: 12);
        await _download.SucceedAsync();
        Assert.Equal(13, _download.Server.Requests.Count);
    }

    [Theory]
    [InlineData("7", "7")]
    [InlineData("999999999999", "3600")]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT", "0")]
    public async Task Retry_After_is_respected(string header, string delay)
    {
        _download.Options = _download.Options with
        {
            Time = new EagerTime(),
            StallTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
        };
        _download.Server.Answer(429, $"Retry-After: {header}\r\n");
        await _download.SucceedAsync();
        Assert.Contains(
            _download.Log.Lines,
            l => l.Contains($"status 429; next attempt in {delay} s, at byte 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silent_server_is_given_up()
    {
        _download.Options = _download.Options with { StallTimeout = TimeSpan.FromSeconds(2) };
        _download.Server.Hold(400_000);
        await _download.SucceedAsync();
        Assert.Equal([0, 400_000], _download.Server.Starts);
        Assert.Contains(
            _download.Log.Lines,
            l => l.Contains("/update.bin: less than 4096 bytes in 2 s; next attempt in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_sends_byte_after_byte_is_given_up()
    {
        _download.Options = _download.Options with { StallTimeout = TimeSpan.FromSeconds(2) };
        _download.Server.Repeat(1, async (request, stream) =>
        {
            await _download.Server.ServeAsync(request, stream, 400_000);
            for (int i = 400_000; i < Size; i++)
            {
                await stream.WriteAsync(_download.Content.AsMemory(i, 1));
                await Task.Delay(5);
            }
        });
        await _download.SucceedAsync();
        Assert.Equal(2, _download.Server.Requests.Count);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(410)]
    [InlineData(400)]
    public async Task A_refused_URL_is_replaced_by_a_new_one_at_the_same_byte(int status)
    {
        _download.Server.Cut(300_000);
        _download.Server.Answer(status);
        StepPlan step = new() { Name = "fetch", Action = _download.Plan() };
        string renewed = _download.Server.Root + "/update.bin?X-Amz-Signature=renewed";
        StepResult result = await _download.RunAsync(step, _ => new ValueTask<StepPlan?>(step with { Action = _download.Plan(renewed) }));
        Assert.True(result.Code == 0, result.Fault);
        _download.AssertWhole();
        Assert.Equal([0, 300_000, 300_000], _download.Server.Starts);
        Assert.EndsWith("=renewed", _download.Server.Requests.Last().Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_asked_again_for_a_new_URL()
    {
        int asked = 0;
        _download.Server.Answer(403, times: 3);
        StepPlan step = new() { Name = "fetch", Action = _download.Plan() };
        StepPlan renewed = step with { Action = _download.Plan(_download.Server.Root + "/update.bin?renewed") };
        StepResult result = await _download.RunAsync(step, _ => new ValueTask<StepPlan?>(++asked < 3 ? null : renewed));
        Assert.True(result.Code == 0, result.Fault);
        Assert.Equal(4, _download.Server.Requests.Count);
    }

    [Fact]
    public async Task A_refusal_without_a_new_URL_keeps_the_part_for_a_later_attempt()
    {
        _download.Server.Cut(300_000);
        _download.Server.Answer(403);
        StepPlan step = new() { Name = "fetch", Action = _download.Plan() };
        StepResult result = await _download.RunAsync(step, _ => new ValueTask<StepPlan?>(step));
        Assert.EndsWith(
            "status 403; the URL may have expired: give it a longer life in presignedUrlConfig",
            result.Fault,
            StringComparison.Ordinal);
        Assert.Single(_download.Files);
        await _download.SucceedAsync(_download.Plan(_download.Server.Root + "/update.bin?X-Amz-Signature=later"));
        Assert.Equal([0, 300_000, 300_000], _download.Server.Starts);
    }

    [Fact]
    public async Task Renewed_URLs_that_are_refused_too_end_the_download()
    {
        int number = 0;
        _download.Server.Answer(403, times: 20);
        StepPlan step = new() { Name = "fetch", Action = _download.Plan() };
        StepResult result = await _download.RunAsync(
            step, _ => new ValueTask<StepPlan?>(step with { Action = _download.Plan($"{_download.Server.Root}/update.bin?{number++}") }));
        Assert.Equal(1, result.Code);
        Assert.Equal(4, _download.Server.Requests.Count);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", "does not answer in HTTP/1.1")]
    [InlineData("HTTP/2 200 OK\r\n\r\n", "does not answer in HTTP/1.1")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n", "does not answer in HTTP/1.1")]
    [InlineData("HTTP/1.1 2000\r\n\r\n", "does not answer in HTTP/1.1")]
    [InlineData("", "closed the connection without an answer")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", "closed the connection before the end of the file")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "a header line without a name")]
    [InlineData("HTTP/1.1 200 OK\r\n folded: x\r\n\r\n", "a header line without a name")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", "a header line without a name")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", "an invalid Content-Length")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "an invalid Content-Length")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello", "an invalid Content-Length")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nhello", "a Transfer-Encoding other than chunked")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", "a chunk without a size")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", "a chunk without a size")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n", "a chunk longer than its size")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        "closed the connection before the end of the file")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", "closed the connection before the end of the file")]
    public async Task An_answer_that_is_not_HTTP_is_no_file(string answer, string fault)
    {
        _download.Options = _download.Options with { Attempts = 1 };
        _download.Server.Answer(answer);
        string text = (await _download.RunAsync(_download.Plan() with { Sha256 = null })).Fault;
        Assert.Contains(fault, text, StringComparison.Ordinal);
        Assert.False(File.Exists(_download.Target));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nX: ")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;")]
    public async Task Endless_headers_are_refused(string start)
    {
        _download.Options = _download.Options with { Attempts = 1 };
        _download.Server.Answer(start + new string('x', 200_000) + "\r\n\r\n");
        Assert.Contains("bytes of headers", (await _download.RunAsync()).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interim_responses_are_skipped()
    {
        _download.Server.Answer(
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
        StepResult result = await _download.RunAsync(_download.Plan() with { Sha256 = null });
        Assert.True(result.Code == 0, result.Fault);
        _download.AssertWhole("hello"u8.ToArray());
    }

    /// <summary>A clock on which every delay ends at once.</summary>
    private sealed class EagerTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
