using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Schemas;

namespace EdgeJobs.Generators.Parse;

/// <summary>Gives several messages of a channel or an operation one C# type.</summary>
internal sealed class MessageSetParser(TypeRegistry registry)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>The type of any of several messages; null when its name is taken (which is reported).</summary>
    /// <param name="messages">The messages, without faulty ones.</param>
    /// <param name="owner">The channel or operation that carries them.</param>
    /// <param name="name">Its C# name.</param>
    public string? Combine(IReadOnlyList<Message> messages, JsonNode owner, string name)
    {
        Message[] distinct = messages.GroupBy(m => m.Type).Select(g => g.First()).ToArray();
        if (distinct.Length == 1)
        {
            return distinct[0].Type;
        }

        string key = string.Join("\n", distinct.Select(m => m.Type));
        if (_names.TryGetValue(key, out string? known))
        {
            return known;
        }

        if (registry.TakeSetName(name + "Message", owner) is not { } type)
        {
            return null;
        }

        string header = distinct[0].Headers.Keys.FirstOrDefault(h => AreDistinct(distinct, m => m.HeaderOf(h))) ?? "";
        registry.Add(new MessageSetModel(
            type,
            distinct.Length == 0 ? "" : "One of the messages of `" + owner.Key.Replace("`", "'") + "`.",
            header,
            header.Length == 0 && AreDistinct(distinct, m => m.ContentType),
            "",
            new EquatableArray<MessageSetEntry>(distinct.Select(m => new MessageSetEntry(
                m.Type, "", PayloadFormat.Json, m.ContentType, m.HeaderOf(header), "", EquatableArray<string>.Empty)).ToArray())));
        _names.Add(key, type);
        return type;
    }

    /// <summary>The type of a message that the document does not describe: its bytes.</summary>
    public string? Undescribed(JsonNode owner, string name)
    {
        string key = "\n" + name;
        if (!_names.TryGetValue(key, out string? type))
        {
            type = registry.TakeSetName(name + "Message", owner);
            if (type is null)
            {
                return null;
            }

            registry.Add(new ValueModel(
                type,
                "A message of `" + owner.Key.Replace("`", "'") + "`, which the spec does not describe.",
                PayloadFormat.Bytes,
                "",
                new MemberModel("", "Value", "", new BytesRef(-1), true, "", false),
                false,
                EquatableArray<string>.Empty));
            _names.Add(key, type);
        }

        return type;
    }

    private static bool AreDistinct(Message[] messages, Func<Message, string> value) =>
        messages.All(m => value(m).Length > 0) && messages.Select(value).Distinct().Count() == messages.Length;
}
