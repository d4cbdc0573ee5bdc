using System.Text.Json;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Output;

/// <summary>
/// The content of <c>job.jsonl</c> in the directory of a job. Each line is a JSON object: the job's order, a step that starts or has
/// ended, or the outcome. The last line of each kind counts.
/// </summary>
/// <param name="Number">The order: the newest job has the highest number; 0 when it is unknown.</param>
/// <param name="Result">The members of the outcome as JSON text; empty while the job runs.</param>
/// <param name="Steps">The members of the steps as JSON text, by step number.</param>
internal sealed record JobRecord(
    long Number,
    IReadOnlyList<KeyValuePair<string, string>> Result,
    IReadOnlyDictionary<int, IReadOnlyList<KeyValuePair<string, string>>> Steps)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "job.jsonl";

    public const string Order = "order";

    private const string Step = "step";
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>Reads the record of a job. Skips truncated lines; a missing file is an empty record.</summary>
    public static JobRecord Read(string directory)
    {
        long number = 0;
        IReadOnlyList<KeyValuePair<string, string>> result = [];
        SortedDictionary<int, IReadOnlyList<KeyValuePair<string, string>>> steps = [];
        foreach (ReadOnlyMemory<byte> line in Lines(directory))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                JsonElement root = document.RootElement;
                if (root.TryGetProperty(Order, out JsonElement order))
                {
                    number = order.GetInt64();
                }
                else if (root.TryGetProperty(Step, out JsonElement step))
                {
                    steps[step.GetInt32()] = Members(root);
                }
                else
                {
                    result = Members(root);
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                // Truncated by a power cut or a full disk.
            }
        }

        return new JobRecord(number, result, steps);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(string directory)
    {
        byte[] bytes = PrivateFile.Read(Path.Combine(directory, FileName), MaxBytes) ?? [];
        for (int start = 0; start < bytes.Length;)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            length = length < 0 ? bytes.Length - start : length;
            if (length > 0)
            {
                yield return bytes.AsMemory(start, length);
            }

            start += length + 1;
        }
    }

    private static List<KeyValuePair<string, string>> Members(JsonElement root)
    {
        List<KeyValuePair<string, string>> members = [];
        foreach (JsonProperty member in root.EnumerateObject())
        {
            members.Add(new(member.Name, member.Value.GetRawText()));
        }

        return members;
    }
}
