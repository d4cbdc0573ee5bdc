using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>
/// Finds types that contain themselves. The view of such an object reads the members on request that lead back to it: a struct cannot
/// contain itself. A choice that contains itself is not read to find the alternative. Works without recursion, because a spec may contain
/// long chains of objects.
/// </summary>
internal sealed class RecursionCheck(TypeRegistry registry)
{
    /// <summary>Marks the members and choices.</summary>
    public void Run()
    {
        Dictionary<string, int> cycles = Cycles(t => t is ObjectModel o ? Objects(o) : Enumerable.Empty<string>());
        foreach (ObjectModel model in registry.Types.Values.OfType<ObjectModel>().Where(m => cycles.ContainsKey(m.Name)).ToList())
        {
            MemberModel[] members = model.Members
                .Select(m => m with { IsOnRequest = TargetOf(m.Type) is ObjectRef o && IsSame(cycles, o.Name, model.Name) })
                .ToArray();
            registry.Add(model with { Members = new EquatableArray<MemberModel>(members) });
        }

        if (registry.Types.Values.Any(t => t is ChoiceModel))
        {
            cycles = Cycles(Targets);
            foreach (ChoiceModel model in registry.Types.Values.OfType<ChoiceModel>().Where(m => cycles.ContainsKey(m.Name)).ToList())
            {
                registry.Add(model with { IsRecursive = true });
            }
        }
    }

    /// <summary>The types that lead back to themselves, with a number that is the same for all that lead to each other.</summary>
    private Dictionary<string, int> Cycles(Func<TypeModel, IEnumerable<string>> targets)
    {
        Dictionary<string, List<string>> forward = registry.Types.ToDictionary(
            t => t.Key, t => targets(t.Value).Where(registry.Types.ContainsKey).ToList());
        List<string> finished = new();
        HashSet<string> done = new(StringComparer.Ordinal);
        bool hasCycle = false;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string start in forward.Keys.Where(seen.Add))
        {
            Stack<(string Type, int Next)> path = new();
            path.Push((start, 0));
            while (path.Count > 0)
            {
                (string type, int next) = path.Pop();
                if (next == forward[type].Count)
                {
                    finished.Add(type);
                    done.Add(type);
                    continue;
                }

                path.Push((type, next + 1));
                if (seen.Add(forward[type][next]))
                {
                    path.Push((forward[type][next], 0));
                }
                else
                {
                    hasCycle |= !done.Contains(forward[type][next]);
                }
            }
        }

        if (!hasCycle)
        {
            return new Dictionary<string, int>();
        }

        ILookup<string, string> backward = forward
            .SelectMany(f => f.Value.Select(t => (From: f.Key, To: t)))
            .ToLookup(e => e.To, e => e.From);
        Dictionary<string, int> groups = new(StringComparer.Ordinal);
        HashSet<string> recursive = new(StringComparer.Ordinal);
        for (int i = finished.Count - 1; i >= 0; i--)
        {
            if (groups.ContainsKey(finished[i]))
            {
                continue;
            }

            List<string> group = new() { finished[i] };
            groups.Add(finished[i], i);
            for (int k = 0; k < group.Count; k++)
            {
                foreach (string source in backward[group[k]].Where(s => !groups.ContainsKey(s)))
                {
                    groups.Add(source, i);
                    group.Add(source);
                }
            }

            if (group.Count > 1 || forward[group[0]].Contains(group[0]))
            {
                recursive.UnionWith(group);
            }
        }

        return groups.Where(g => recursive.Contains(g.Key)).ToDictionary(g => g.Key, g => g.Value);
    }

    private static bool IsSame(Dictionary<string, int> cycles, string first, string second) =>
        cycles.TryGetValue(first, out int one) && cycles.TryGetValue(second, out int other) && one == other;

    private static IEnumerable<string> Objects(ObjectModel model) =>
        model.Members.Select(m => TargetOf(m.Type)).OfType<ObjectRef>().Select(o => o.Name);

    private static IEnumerable<string> Targets(TypeModel type) => type switch
    {
        ObjectModel o => o.Members.Select(m => NameOf(m.Type)),
        UnionModel u => u.Alternatives.Select(a => a.Type),
        ChoiceModel c => c.Alternatives.Select(a => NameOf(a.Value.Type)),
        _ => Enumerable.Empty<string>(),
    };

    private static string NameOf(TypeRef type) => TargetOf(type) switch
    {
        ObjectRef o => o.Name,
        UnionRef u => u.Name,
        _ => "",
    };

    /// <summary>The type inside arrays and maps.</summary>
    private static TypeRef TargetOf(TypeRef type)
    {
        while (type.Inner is { } inner)
        {
            type = inner;
        }

        return type;
    }
}
