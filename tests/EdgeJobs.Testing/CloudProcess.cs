using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeJobs.Testing;

/// <summary>A local cloud as a process of its own, on ports of its own, spoken to over its REST API.</summary>
public sealed class CloudProcess : IAsyncDisposable
{
    private const string ArnPrefix = "arn:aws:iot:us-east-1:000000000000:thing/";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly TestDirectory _directory = new();
    private readonly HttpClient _http = new();
    private readonly IReadOnlyList<string>? _broker;
    private ChildProcess? _process;

    private CloudProcess(IReadOnlyList<string>? broker) => _broker = broker;

    /// <summary>The executable: built in the same configuration as the tests.</summary>
    public static string Program
    {
        get
        {
            string built = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;
            return Repository.PathOf("src", "EdgeJobs.LocalCloud", "bin", built, "net10.0", "edgejobs-cloud");
        }
    }

    /// <summary>Where plain MQTT is; without the built-in broker nowhere.</summary>
    public Uri Mqtt { get; private set; } = null!;

    /// <summary>Where MQTT over mutual TLS is: the built-in broker's or the other's.</summary>
    public Uri Mqtts { get; private set; } = null!;

    /// <summary>Where the REST API is.</summary>
    public Uri Http { get; private set; } = null!;

    /// <summary>What it has written to stderr.</summary>
    public string Log => _process?.Errors ?? "";

    /// <summary>Starts a cloud with an empty data directory and its built-in broker.</summary>
    public static Task<CloudProcess> StartAsync() => StartAsync(new CloudProcess(null));

    /// <summary>Starts a cloud with an empty data directory, whose devices are those of a Mosquitto, reached with mutual TLS.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="identity">The service's own certificate for it.</param>
    public static async Task<CloudProcess> StartAttachedAsync(MosquittoBroker broker, CertificateFiles identity)
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"mqtts://127.0.0.1:{broker.TlsPort}");
        CloudProcess cloud = await StartAsync(new CloudProcess(
            ["--broker", address, "--broker_ca", broker.Certificates.CaFile, "--broker_cert", identity.Certificate, "--broker_key", identity.Key]));
        cloud.Mqtts = new Uri(address);
        return cloud;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Starts it again after <see cref="KillAsync"/>, with the same data on the same ports.</summary>
    public async Task StartAgainAsync()
    {
        await _process!.DisposeAsync();
        await StartAsync(Mqtt.Port, Mqtts.Port, Http.Port);
    }

    /// <summary>Registers a thing with <c>edgejobs-cloud thing create</c> and says where its files are.</summary>
    /// <param name="name">The thing.</param>
    /// <param name="policy">A policy document for it; null for the one that the cloud gives.</param>
    public async Task<ThingFiles> CreateThingAsync(string name, string? policy = null)
    {
        string directory = _directory["certs"];
        string[] more = policy is null ? [] : ["--policy", _directory.Write(name + "-policy.json", policy)];
        await CallAsync(["thing", "create", name, "--out", directory, .. more]);
        return new ThingFiles(name, Path.Combine(directory, "ca.pem"), Path.Combine(directory, name + ".pem"), Path.Combine(directory, name + ".key"));
    }

    /// <summary>Puts a policy in force with <c>edgejobs-cloud policy set</c>.</summary>
    public Task SetPolicyAsync(string name, string document) => CallAsync(["policy", "set", name, "--document", _directory.Write(name + ".json", document)]);

    /// <summary>Runs a command of <c>edgejobs-cloud</c> on this cloud; it must succeed.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> CallAsync(IEnumerable<string> arguments)
    {
        ChildResult result = await ChildProcess.RunAsync(Program, [.. arguments, "--http_port", Http.Port.ToString(CultureInfo.InvariantCulture)]);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException(result.ToString());
    }

    /// <summary>The authority that its server certificate comes from, PEM.</summary>
    public string CaFile => Path.Combine(_directory["data"], "pki", "ca.pem");

    /// <summary>CreateThing alone, for a thing whose certificate comes from elsewhere.</summary>
    public async Task RegisterThingAsync(string name)
    {
        using HttpResponseMessage response = await _http.PostAsync(new Uri(Http, $"things/{name}"), null);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>CreateJob for one thing.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="thing">The thing.</param>
    /// <param name="document">The job document.</param>
    /// <param name="timeoutMinutes">How long the thing may be IN_PROGRESS, in minutes; null for any time.</param>
    public async Task CreateJobAsync(string jobId, string thing, string document, int? timeoutMinutes = null)
    {
        JsonObject body = new() { ["targets"] = new JsonArray(ArnPrefix + thing), ["document"] = document };
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

    /// <summary>CancelJob, also on a thing that has begun with it.</summary>
    public async Task CancelJobAsync(string jobId)
    {
        using HttpResponseMessage response = await _http.PutAsJsonAsync(new Uri(Http, $"jobs/{jobId}/cancel?force=true"), new JsonObject());
        response.EnsureSuccessStatusCode();
    }

    /// <summary>DeleteJob, also while a thing runs it; its id is free afterwards.</summary>
    public async Task DeleteJobAsync(string jobId)
    {
        using HttpResponseMessage response = await _http.DeleteAsync(new Uri(Http, $"jobs/{jobId}?force=true"));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>When an execution was queued, in seconds since 1970.</summary>
    public async Task<long> QueuedAtAsync(string thing, string jobId)
    {
        using JsonDocument answer = JsonDocument.Parse(await _http.GetStringAsync(new Uri(Http, $"things/{thing}/jobs/{jobId}")));
        return (long)answer.RootElement.GetProperty("execution").GetProperty("queuedAt").GetDouble();
    }

    /// <summary>DescribeJobExecution: how a job stands on a thing.</summary>
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

    /// <summary>Asks until a job on a thing has a status, with a deadline.</summary>
    public async Task<ExecutionStatus> WaitForStatusAsync(string thing, string jobId, string status, TimeSpan? patience = null)
    {
        using CancellationTokenSource deadline = new(patience ?? Wait.Deadline);
        while (true)
        {
            ExecutionStatus now = await DescribeAsync(thing, jobId);
            if (now.Status == status)
            {
                return now;
            }

            if (deadline.IsCancellationRequested || now.IsTerminal)
            {
                throw new TimeoutException($"expected {status}, but it stays: {now}");
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
            await cloud.StartAsync(0, 0, 0);
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync(int mqtt, int mqtts, int http)
    {
        string[] ports = [.. new[] { mqtt, mqtts, http }.Select(port => port.ToString(CultureInfo.InvariantCulture))];
        _process = ChildProcess.Start(
            Program,
            ["serve", "--data", _directory["data"], "--http_port", ports[2], .. _broker ?? ["--mqtt_port", ports[0], "--mqtts_port", ports[1]]]);
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
                default:
                    break;
            }
        }
    }
}

/// <summary>The files of a thing's identity.</summary>
public sealed record ThingFiles(string Name, string CaFile, string Certificate, string Key)
{
    /// <summary>The connection flags of <c>edgejobs run</c>.</summary>
    public IReadOnlyList<string> FlagsFor(Uri mqtts) =>
        ["--endpoint", $"{mqtts.Host}:{mqtts.Port}", "--thing_name", Name, "--cert", Certificate, "--key", Key, "--ca_file", CaFile];
}

/// <summary>How a job stands on a thing.</summary>
public sealed record ExecutionStatus(string JobId, string Status, IReadOnlyDictionary<string, string> Details)
{
    /// <summary>Whether it stays as it is.</summary>
    public bool IsTerminal => Status is not ("QUEUED" or "IN_PROGRESS");

    /// <summary>A value of its statusDetails, empty when there is none.</summary>
    public string Detail(string name) => Details.GetValueOrDefault(name, "");

    /// <summary>Everything, for the message of a failing test.</summary>
    public override string ToString() => $"{JobId} {Status} {string.Join(", ", Details.Select(detail => $"{detail.Key}='{detail.Value}'"))}";
}
