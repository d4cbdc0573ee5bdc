using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeJobs.Testing;

/// <summary>A local cloud in a process, controlled over its REST API.</summary>
public sealed class CloudProcess : IAsyncDisposable
{
    private const string ArnPrefix = "arn:aws:iot:us-east-1:000000000000:thing/";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly TestDirectory _directory = new();
    private readonly HttpClient _http = new();
    private readonly IReadOnlyList<string>? _broker;
    private string? _bucket;
    private string? _name;
    private ChildProcess? _process;

    private CloudProcess(IReadOnlyList<string>? broker) => _broker = broker;

    /// <summary>The executable, of the same build configuration as the tests.</summary>
    public static string Program
    {
        get
        {
            string built = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;
            return Repository.PathOf("src", "EdgeJobs.LocalCloud", "bin", built, "net10.0", "edgejobs-cloud");
        }
    }

    /// <summary>The address of plain MQTT; null with another broker.</summary>
    public Uri Mqtt { get; private set; } = null!;

    /// <summary>The address of MQTT over mutual TLS, of the built-in or the other broker.</summary>
    public Uri Mqtts { get; private set; } = null!;

    public Uri Http { get; private set; } = null!;

    /// <summary>The address of the files of a bucket; null without one.</summary>
    public Uri? Files { get; private set; }

    public string Log => _process?.Errors ?? "";

    /// <summary>Starts a cloud with an empty data directory and its built-in broker.</summary>
    public static Task<CloudProcess> StartAsync() => StartAsync(new CloudProcess(null));

    /// <summary>Starts a cloud with an empty data directory, its built-in broker and one bucket.</summary>
    /// <param name="name">The name of the bucket.</param>
    /// <param name="directory">The directory of its files.</param>
    /// <param name="host">This machine's name in presigned URLs; null for its loopback address.</param>
    public static Task<CloudProcess> StartWithBucketAsync(string name, string directory, string? host = null) =>
        StartAsync(new CloudProcess(null) { _bucket = $"{name}={directory}", _name = host });

    /// <summary>Starts a cloud with an empty data directory that serves the devices of a Mosquitto.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="identity">The client certificate of the cloud.</param>
    public static async Task<CloudProcess> StartAttachedAsync(MosquittoBroker broker, CertificateFiles identity)
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"mqtts://127.0.0.1:{broker.TlsPort}");
        CloudProcess cloud = await StartAsync(new CloudProcess(
            [
                "--broker", address, "--broker_ca", broker.Certificates.CaFile, "--broker_cert", identity.Certificate,
                "--broker_key", identity.Key,
            ]));
        cloud.Mqtts = new Uri(address);
        return cloud;
    }

    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Restarts it after <see cref="KillAsync"/> with the same data and ports.</summary>
    public async Task StartAgainAsync()
    {
        await _process!.DisposeAsync();
        await StartAsync(Mqtt.Port, Mqtts.Port, Http.Port, Files?.Port ?? 0);
    }

    /// <summary>Registers a thing with <c>edgejobs-cloud thing create</c>; a null policy is the default policy.</summary>
    public async Task<ThingFiles> CreateThingAsync(string name, string? policy = null)
    {
        string directory = _directory["certs"];
        string[] more = policy is null ? [] : ["--policy", _directory.Write(name + "-policy.json", policy)];
        await CallAsync(["thing", "create", name, "--out", directory, .. more]);
        return new ThingFiles(
            name,
            Path.Combine(directory, "ca.pem"),
            Path.Combine(directory, name + ".pem"),
            Path.Combine(directory, name + ".key"));
    }

    /// <summary>Sets a policy with <c>edgejobs-cloud policy set</c>.</summary>
    public Task SetPolicyAsync(string name, string document) =>
        CallAsync(["policy", "set", name, "--document", _directory.Write(name + ".json", document)]);

    /// <summary>Runs a command of <c>edgejobs-cloud</c> on this cloud, which must succeed, and returns its output.</summary>
    public async Task<string> CallAsync(IEnumerable<string> arguments)
    {
        ChildResult result = await ChildProcess.RunAsync(
            Program,
            [.. arguments, "--http_port", Http.Port.ToString(CultureInfo.InvariantCulture)]);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException(result.ToString());
    }

    /// <summary>The PEM file of the certificate authority of its server certificate.</summary>
    public string CaFile => Path.Combine(_directory["data"], "pki", "ca.pem");

    /// <summary>Calls CreateThing only, for a thing with a certificate of another authority.</summary>
    public async Task RegisterThingAsync(string name)
    {
        using HttpResponseMessage response = await _http.PostAsync(new Uri(Http, $"things/{name}"), null);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Calls CreateJob for one thing; a null time-out is none. Null seconds are no presignedUrlConfig.</summary>
    public async Task CreateJobAsync(string jobId, string thing, string document, int? timeoutMinutes = null, int? urlSeconds = null)
    {
        JsonObject body = new() { ["targets"] = new JsonArray(ArnPrefix + thing), ["document"] = document };
        if (urlSeconds is not null)
        {
            body["presignedUrlConfig"] = new JsonObject
            {
                ["roleArn"] = "arn:aws:iam::000000000000:role/files",
                ["expiresInSec"] = urlSeconds,
            };
        }

        if (timeoutMinutes is not null)
        {
            body["timeoutConfig"] = new JsonObject { ["inProgressTimeoutInMinutes"] = timeoutMinutes };
        }

        using HttpResponseMessage response = await _http.PutAsJsonAsync(new Uri(Http, $"jobs/{jobId}"), body);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"CreateJob {jobId}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Calls CancelJob with force, which includes executions in progress.</summary>
    public async Task CancelJobAsync(string jobId)
    {
        using HttpResponseMessage response = await _http.PutAsJsonAsync(new Uri(Http, $"jobs/{jobId}/cancel?force=true"), new JsonObject());
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Calls DeleteJob with force, which includes executions in progress.</summary>
    public async Task DeleteJobAsync(string jobId)
    {
        using HttpResponseMessage response = await _http.DeleteAsync(new Uri(Http, $"jobs/{jobId}?force=true"));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The queuedAt of an execution, in seconds since 1970.</summary>
    public async Task<long> QueuedAtAsync(string thing, string jobId)
    {
        using JsonDocument answer = JsonDocument.Parse(await _http.GetStringAsync(new Uri(Http, $"things/{thing}/jobs/{jobId}")));
        return (long)answer.RootElement.GetProperty("execution").GetProperty("queuedAt").GetDouble();
    }

    public async Task<ExecutionStatus> DescribeAsync(string thing, string jobId)
    {
        using JsonDocument answer = JsonDocument.Parse(await _http.GetStringAsync(new Uri(Http, $"things/{thing}/jobs/{jobId}")));
        JsonElement execution = answer.RootElement.GetProperty("execution");
        Dictionary<string, string> details = [];
        foreach (JsonProperty detail in execution.GetProperty("statusDetails").GetProperty("detailsMap").EnumerateObject())
        {
            details[detail.Name] = detail.Value.GetString()!;
        }

        return new ExecutionStatus(jobId, execution.GetProperty("status").GetString()!, details);
    }

    /// <summary>Polls until a job on a thing has a status, or fails at the deadline.</summary>
    public Task<ExecutionStatus> WaitForStatusAsync(string thing, string jobId, string status, TimeSpan? patience = null) =>
        WaitForAsync(thing, jobId, now => now.Status == status, status, patience);

    /// <summary>Polls until a job on a thing has started, or fails at the deadline.</summary>
    public Task<ExecutionStatus> WaitForStartAsync(string thing, string jobId, TimeSpan? patience = null) =>
        WaitForAsync(thing, jobId, now => now.Status != "QUEUED", "a start", patience);

    /// <summary>Polls until a job on a thing has ended, or fails at the deadline.</summary>
    public Task<ExecutionStatus> WaitForEndAsync(string thing, string jobId, TimeSpan? patience = null) =>
        WaitForAsync(thing, jobId, now => now.IsTerminal, "an end", patience);

    private async Task<ExecutionStatus> WaitForAsync(
        string thing, string jobId, Func<ExecutionStatus, bool> isIt, string what, TimeSpan? patience)
    {
        using CancellationTokenSource deadline = new(patience ?? Wait.Deadline);
        while (true)
        {
            ExecutionStatus now = await DescribeAsync(thing, jobId);
            if (isIt(now))
            {
                return now;
            }

            if (deadline.IsCancellationRequested || now.IsTerminal)
            {
                throw new TimeoutException($"expected {what}, but the execution is: {now}");
            }

            await Task.Delay(PollInterval, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _http.Dispose();
        _directory.Dispose();
    }

    private static async Task<CloudProcess> StartAsync(CloudProcess cloud)
    {
        try
        {
            await cloud.StartAsync(0, 0, 0, 0);
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync(int mqtt, int mqtts, int http, int files)
    {
        string[] ports = [.. new[] { mqtt, mqtts, http, files }.Select(port => port.ToString(CultureInfo.InvariantCulture))];
        _process = ChildProcess.Start(
            Program,
            [
                "serve", "--data", _directory["data"], "--http_port", ports[2],
                .. _broker ?? ["--mqtt_port", ports[0], "--mqtts_port", ports[1]],
                .. _bucket is null ? (string[])[] : ["--bucket", _bucket, "--bucket_port", ports[3]],
                .. _name is null ? (string[])[] : ["--name", _name],
            ]);
        string ready = await _process.WaitForLineAsync(line => line.StartsWith("READY ", StringComparison.Ordinal), "the READY line");
        foreach (string address in ready.Split(' ')[1..])
        {
            Uri uri = new(address);
            switch (uri.Scheme)
            {
                case "mqtt":
                    Mqtt = uri;
                    break;
                case "mqtts":
                    Mqtts = uri;
                    break;
                case "http":
                    Http = uri;
                    break;
                case "https":
                    Files = uri;
                    break;
                default:
                    break;
            }
        }
    }
}

public sealed record ThingFiles(string Name, string CaFile, string Certificate, string Key)
{
    /// <summary>The connection flags of <c>edgejobs run</c>.</summary>
    public IReadOnlyList<string> FlagsFor(Uri mqtts) =>
        ["--endpoint", $"{mqtts.Host}:{mqtts.Port}", "--thing_name", Name, "--cert", Certificate, "--key", Key, "--ca_file", CaFile];
}

public sealed record ExecutionStatus(string JobId, string Status, IReadOnlyDictionary<string, string> Details)
{
    /// <summary>Whether the status is final.</summary>
    public bool IsTerminal => Status is not ("QUEUED" or "IN_PROGRESS");

    /// <summary>A value of statusDetails, or an empty string.</summary>
    public string Detail(string name) => Details.GetValueOrDefault(name, "");

    /// <summary>For the message of a failing test.</summary>
    public override string ToString() =>
        $"{JobId} {Status} {string.Join(", ", Details.Select(detail => $"{detail.Key}='{detail.Value}'"))}";
}
