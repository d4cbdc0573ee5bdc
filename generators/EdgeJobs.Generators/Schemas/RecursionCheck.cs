using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Finds objects that contain themselves. Works without recursion, because a spec may contain long chains of objects.</summary>
internal sealed class RecursionCheck(SpecContext context, TypeRegistry registry)
{
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);

    /// <summary>Reports each cycle once, at the member that closes it.</summary>
    public void Run()
    {
        foreach (string type in registry.Types.Keys)
        {
            Walk(type);
        }
    }

    private void Walk(string start)
    {
        List<Step> path = new();
        Dictionary<string, int> depth = new(StringComparer.Ordinal);
        Enter(start);
        while (path.Count > 0)
        {
            Step step = path[path.Count - 1];
            if (step.Next == step.Members.Count)
            {
                _done.Add(step.Type);
                depth.Remove(step.Type);
                path.RemoveAt(path.Count - 1);
                continue;
            }

            (string member, string target) = step.Members[step.Next++];
            if (depth.TryGetValue(target, out int first))
            {
                string way = string.Join(", ", path.Skip(first).Select(s => s.Type + "." + s.Members[s.Next - 1].Member));
                JsonNode place = registry.Places[(step.Type, member)];
                context.Bag.ReportName(DiagnosticDescriptors.RecursiveType, place, place.Path, target, way);
            }
            else
            {
                Enter(target);
            }
        }

        void Enter(string type)
        {
            if (!_done.Contains(type) && registry.Types.TryGetValue(type, out TypeModel? model) && model is ObjectModel o)
            {
                depth.Add(type, path.Count);
                path.Add(new Step(type, Targets(o)));
            }
        }
    }

    private static List<(string Member, string Target)> Targets(ObjectModel model)
    {
        List<(string, string)> targets = new();
        foreach (MemberModel member in model.Members)
        {
            TypeRef type = member.Type;
            while (type.Inner is { } inner)
            {
                type = inner;
            }

            if (type is ObjectRef o)
            {
                targets.Add((member.JsonName, o.Name));
            }
        }

        return targets;
    }

    private sealed class Step(string type, List<(string Member, string Target)> members)
    {
        public string Type { get; } = type;

        public List<(string Member, string Target)> Members { get; } = members;

        public int Next { get; set; }
    }
}
