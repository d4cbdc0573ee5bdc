using System;
using System.Collections.Generic;

namespace EdgeJobs.Generators.Json;

/// <summary>The members of an object by name. A few are searched in order, which is faster than to make a table.</summary>
internal sealed class JsonMembers
{
    private const int MaxSearched = 8;

    private readonly List<JsonNode> _list;
    private Dictionary<string, JsonNode>? _byName;

    public JsonMembers() => _list = new List<JsonNode>();

    /// <param name="list">Members with different names.</param>
    public JsonMembers(List<JsonNode> list) => _list = list;

    /// <summary>The members in the order of the document.</summary>
    public List<JsonNode> List => _list;

    /// <summary>A member, or null.</summary>
    public JsonNode? Find(string name)
    {
        if (_list.Count > MaxSearched)
        {
            return (_byName ??= Table()).TryGetValue(name, out JsonNode? found) ? found : null;
        }

        foreach (JsonNode member in _list)
        {
            if (member.Key == name)
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>Adds a member that <see cref="Find"/> does not find.</summary>
    public void Add(JsonNode member)
    {
        _list.Add(member);
        _byName?.Add(member.Key, member);
    }

    private Dictionary<string, JsonNode> Table()
    {
        Dictionary<string, JsonNode> table = new(_list.Count * 2, StringComparer.Ordinal);
        foreach (JsonNode member in _list)
        {
            table.Add(member.Key, member);
        }

        return table;
    }
}
