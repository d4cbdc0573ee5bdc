using System.Net;
using System.Text;
using System.Text.Json;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary>How the log and the commands print text that MQTT clients and REST callers control.</summary>
[Trait("Category", "Integration")]
public sealed class UntrustedTextTests
{
    // Line breaks, terminal control sequences, a change of the writing direction, invisible characters.
    private const string Nasty = "\u001b[31m\r\n\t\u0007\u007f\u0085\u009b\u2028\u2029\u202e\u2066\u200e\u061c\u200b\ufeff\u00ad";

    [Fact]
    public async Task Log_and_commands_escape_untrusted_text()
    {
        using TestDirectory directory = new();
        CloudServer cloud = await CloudServer.StartAsync(directory.Path, "--verbose");
        List<string> outputs = [];
        await using (cloud)
        {
            using HttpClient http = new() { BaseAddress = cloud.Http };
            (await http.PostAsync("things/board", null)).EnsureSuccessStatusCode();
            string job = JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["targets"] = (string[])["arn:aws:iot:us-east-1:000000000000:thing/board"],
                ["document"] = JsonSerializer.Serialize(new Dictionary<string, string> { ["a" + Nasty] = "b" + Nasty }, Raw),
                ["description"] = "about" + Nasty,
            });
            (await http.PutAsync("jobs/j", Json(job))).EnsureSuccessStatusCode();
            (await http.PutAsync(
                "jobs/j/cancel",
                Json(JsonSerializer.Serialize(new Dictionary<string, string> { ["comment"] = "why" + Nasty })))).EnsureSuccessStatusCode();
            using HttpResponseMessage unknown = await http.GetAsync("things/" + Uri.EscapeDataString("x" + Nasty));
            Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
            using HttpRequestMessage foreign = new(HttpMethod.Get, "things");
            foreign.Headers.Host = "evil.example";
            using HttpResponseMessage refused = await http.SendAsync(foreign);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

            IPEndPoint mqtt = new(IPAddress.Loopback, cloud.Mqtt.Port);
            await using MqttDevice device = new();
            await device.ConnectAsync(mqtt, "client\u001b[31m\n\u202e\u009b");
            await device.SubscribeAsync("a/\u001b[31m\n\u202e/" + new string('x', 300));
            // The topic is too long: the broker closes the connection.
            _ = await Record.ExceptionAsync(() => device.PublishAsync("a/\u001b[31m\n\u202e/" + new string('x', 300), []));

            string[][] commands =
            [
                ["job", "list"], ["job", "show", "j"], ["policy", "list"], ["job", "show", "x\u001b[31m\u202e"], ["job", "\u001b[31m\n"],
            ];
            foreach (string[] command in commands)
            {
                ChildResult result = await CloudServer.RunAsync(
                    [.. command, .. command[^1] == "\u001b[31m\n" ? (string[])[] : ["--url", cloud.Http.ToString()]]);
                outputs.Add(result.Output);
                outputs.Add(result.Errors);
            }

            Assert.Contains(outputs, output => output.Contains("about\\u001b[31m\\r\\n", StringComparison.Ordinal));
            Assert.Contains(outputs, output => output.Contains("why\\u001b", StringComparison.Ordinal));
            await cloud.Process.WaitUntilAsync(
                () => Task.FromResult(cloud.Process.Errors.Contains("Disconnected ", StringComparison.Ordinal)),
                "the log of the disconnection");
            cloud.Process.AskToEnd();
            outputs.Add((await cloud.Process.WaitForExitAsync()).Errors);
        }

        Assert.Contains("client\\u001b[31m\\n", outputs[^1], StringComparison.Ordinal);
        foreach (string output in outputs)
        {
            foreach (Rune rune in output.EnumerateRunes())
            {
                Assert.True(rune.Value == '\n' || SafeText.IsSafe(rune), $"U+{rune.Value:X4} in: {output}");
            }
        }

        // Every line of the log begins with its time: no line was forged.
        Assert.All(
            outputs[^1].Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^\d\d:\d\d:\d\d\.\d\d\d ", line));
    }

    private static readonly JsonSerializerOptions Raw =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
