using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using EdgeJobs.Generators.Tests.Emit;
using EdgeJobs.Protocol;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>Compares what generated codecs accept, read and write with what the judge says.</summary>
internal static class PayloadCheck
{
    private const int MaximumFaults = 5;

    private delegate string? Check(JsonNode? payload, SchemaJudge judge, bool isValid);

    /// <summary>Random valid and changed payloads of each operation of a document.</summary>
    /// <returns>What is wrong, and how many valid payloads were read.</returns>
    public static (List<string> Faults, int Valid) Run(DocumentFiles document, DocumentBatch batch, int seed, int count)
    {
        List<string> faults = [];
        int valid = 0;
        ILookup<string, Type> operations = Operations(batch.TypesOf(document));
        foreach (DocumentTree.Contract contract in new DocumentTree(document).Contracts())
        {
            Type? operation = operations[contract.Operation].FirstOrDefault();
            if (operation is null)
            {
                faults.Add($"{contract.Operation}: no operation is generated");
                continue;
            }

            Type[] arguments = operation.GetGenericArguments();
            if (contract.Argument >= arguments.Length)
            {
                continue; // An event: its replies can't be matched, which a diagnostic says.
            }

            (string[] found, int read) = Run(arguments[contract.Argument], contract, seed, count);
            faults.AddRange(found.Select(fault => $"{contract.Operation} ({arguments[contract.Argument].Name}): {fault}"));
            valid += read;
        }

        return (faults, valid);
    }

    private static (string[] Faults, int Valid) Run(Type type, DocumentTree.Contract contract, int seed, int count)
    {
        SchemaJudge judge = new(contract.Schema);
        Random random = new(seed);
        SchemaValues values = new(contract.Schema, random);
        Check check = typeof(PayloadCheck).GetMethod(nameof(Verdict), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type).CreateDelegate<Check>();
        List<string> faults = [];
        int valid = 0;
        for (int i = 0; i < count && faults.Count < MaximumFaults; i++)
        {
            JsonNode? payload = values.Make();
            bool isValid = judge.IsValid(payload);
            valid += isValid ? 1 : 0;
            Add(check(payload, judge, isValid));
            for (int change = 0; change < 3; change++)
            {
                JsonNode? changed = PayloadMutator.Change(payload, random);
                Add(check(changed, judge, judge.IsValid(changed)));
            }
        }

        if (valid == 0)
        {
            faults.Add("no random payload is valid: " + contract.Schema.ToJsonString());
        }

        return ([.. faults.Distinct()], valid);

        void Add(string? fault)
        {
            if (fault is not null)
            {
                faults.Add(fault);
            }
        }
    }

    /// <summary>What is wrong with the reading of a payload, or null.</summary>
    private static string? Verdict<T>(JsonNode? payload, SchemaJudge judge, bool isValid)
        where T : class, IMessage<T>
    {
        string json = payload?.ToJsonString() ?? "null";
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        bool isRead = T.TryRead(utf8, out T? message, out CodecError error);
        if (T.CanRead(utf8, out _) != isRead)
        {
            return $"TryRead says {isRead}, CanRead does not: {json}";
        }

        if (!isRead)
        {
            return isValid ? $"a valid payload is not read ({error}): {json}" : null;
        }

        bool isAccepted = message!.TryValidate(out ConstraintViolation violation);
        string text;
        try
        {
            text = Codec.Write(message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"a message that was read can't be written ({e.GetType().Name} {e.Message}): {json}";
        }

        if (isValid != isAccepted)
        {
            return isValid && !judge.IsValidWithoutNulls(payload) ? null
                : isValid ? $"a valid payload violates a limit ({violation}): {json}"
                : judge.IsAlmostValid(payload) || HasUnknown(message, 0) ? null
                : $"an invalid payload is accepted: {json}";
        }

        JsonNode? written = JsonNode.Parse(text);
        return !isValid ? null
            : judge.IsListed(payload) && !JsonCompare.AreEqual(payload, written) ? $"{json} becomes {text}"
            : !judge.IsValid(written) ? $"{json} becomes {text}, which is invalid"
            : !T.TryRead(Encoding.UTF8.GetBytes(text), out T? again, out _) || !message.Equals(again)
                ? $"{json} is read as two different messages, the second time from {text}"
            : null;
    }

    /// <summary>Whether a message holds an alternative that its spec does not have, which is kept as it is.</summary>
    private static bool HasUnknown(object? value, int depth) => value switch
    {
        null or string => false,
        _ when depth > 12 => false,
        IEnumerable items => items.Cast<object?>().Any(item => HasUnknown(item, depth + 1)),
        _ when value.GetType().Name.StartsWith("Unknown", StringComparison.Ordinal) => true,
        _ when value.GetType().Namespace?.StartsWith("Documents", StringComparison.Ordinal) == true
            || value.GetType().Name.StartsWith("KeyValuePair", StringComparison.Ordinal)
            => value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Any(
                property => property.GetIndexParameters().Length == 0 && HasUnknown(property.GetValue(value), depth + 1)),
        _ => false,
    };

    /// <summary>The types of the static operations by the names that they have in the document.</summary>
    private static ILookup<string, Type> Operations(IEnumerable<Type> types) => types
        .Where(type => type.IsAbstract && type.IsSealed && type.Name.EndsWith("Operations", StringComparison.Ordinal)
            && !type.Name.EndsWith("JobOperations", StringComparison.Ordinal))
        .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public))
        .Where(property => property.PropertyType.IsGenericType)
        .ToLookup(
            property => property.GetValue(null) is { } operation ? (string)operation.GetType().GetProperty("Name")!.GetValue(operation)! : "",
            property => property.PropertyType);
}
