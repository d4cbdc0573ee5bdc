using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Makes a pattern a deterministic automaton: a check in linear time, without a regular expression at run time.</summary>
internal static class PatternCompiler
{
    private const int MaxStates = 1000;
    private const int MaxEntries = 8192;

    /// <summary>Compiles a pattern, which may match anywhere in a text.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="fault">What can't be checked, with its verb; null if the pattern can be checked.</param>
    /// <returns>Null if the pattern can't be checked, or matches every text.</returns>
    public static Automaton? Compile(string pattern, out string? fault)
    {
        fault = null;
        try
        {
            return Compile(pattern);
        }
        catch (PatternFault e)
        {
            fault = e.Message;
            return null;
        }
    }

    private static Automaton? Compile(string pattern)
    {
        PatternGraph graph = new();
        PatternGraph.Node start = graph.Add();
        PatternGraph.Node before = graph.Add(CharacterRanges.Any);
        PatternSyntax.Part part = new PatternSyntax(pattern, graph).Parse();
        PatternGraph.Node accept = graph.Add(CharacterRanges.Any);
        start.Next.Add(before);
        start.Next.Add(part.First);
        before.Next.Add(start);
        part.Last.Next.Add(accept);
        accept.Next.Add(accept);

        (List<int> ranges, int[] examples) = Partition(graph);
        List<(int[] Next, bool IsEnd)> states = Determine(start, accept, examples);
        int[] blocks = Minimize(states);
        return Number(pattern, states, blocks, ranges, examples.Length);
    }

    /// <summary>Divides the code points into classes that no step of the pattern distinguishes.</summary>
    /// <returns>The ranges with the class of each, and a code point of each class.</returns>
    private static (List<int> Ranges, int[] Examples) Partition(PatternGraph graph)
    {
        CharacterRanges[] sets = graph.Nodes.Select(n => n.Characters).OfType<CharacterRanges>().Distinct().ToArray();
        SortedSet<int> bounds = new() { 0 };
        foreach ((int first, int last) in sets.SelectMany(s => s.Items))
        {
            bounds.Add(first);
            if (last < 0x10FFFF)
            {
                bounds.Add(last + 1);
            }
        }

        Dictionary<string, int> classes = new();
        List<int> examples = new();
        List<int> ranges = new();
        foreach (int bound in bounds)
        {
            string signature = new(sets.Select(s => s.Contains(bound) ? '1' : '0').ToArray());
            if (!classes.TryGetValue(signature, out int index))
            {
                index = classes.Count;
                classes.Add(signature, index);
                examples.Add(bound);
            }

            if (ranges.Count == 0 || ranges[ranges.Count - 1] != index)
            {
                ranges.Add(bound);
                ranges.Add(index);
            }
        }

        return (ranges, examples.ToArray());
    }

    private static List<(int[] Next, bool IsEnd)> Determine(PatternGraph.Node start, PatternGraph.Node accept, int[] examples)
    {
        List<(int[] Next, bool IsEnd)> states = new();
        Dictionary<string, int> known = new();
        Queue<(HashSet<PatternGraph.Node> Nodes, int Index)> queue = new();
        Find(new[] { start }, isStart: true);
        while (queue.Count > 0)
        {
            (HashSet<PatternGraph.Node> nodes, int index) = queue.Dequeue();
            for (int i = 0; i < examples.Length; i++)
            {
                int code = examples[i];
                states[index].Next[i] = Find(
                    nodes.Where(n => n.Characters?.Contains(code) ?? false).SelectMany(n => n.Next), isStart: false);
            }
        }

        return states;

        int Find(IEnumerable<PatternGraph.Node> nodes, bool isStart)
        {
            HashSet<PatternGraph.Node> reached = Reach(nodes, isStart, isEnd: false);
            string key = (isStart ? "^" : "") + string.Join(",", reached.Select(n => n.Index).OrderBy(i => i));
            if (!known.TryGetValue(key, out int index))
            {
                if (states.Count == MaxStates)
                {
                    throw new PatternFault("because it needs too many states");
                }

                index = states.Count;
                known.Add(key, index);
                states.Add((new int[examples.Length], Reach(reached, isStart, isEnd: true).Contains(accept)));
                queue.Enqueue((reached, index));
            }

            return index;
        }
    }

    /// <summary>The nodes that are reached without another character.</summary>
    private static HashSet<PatternGraph.Node> Reach(IEnumerable<PatternGraph.Node> nodes, bool isStart, bool isEnd)
    {
        HashSet<PatternGraph.Node> reached = new();
        Stack<PatternGraph.Node> open = new(nodes);
        while (open.Count > 0)
        {
            PatternGraph.Node node = open.Pop();
            if (!reached.Add(node) || node.Characters is not null)
            {
                continue;
            }

            bool isOpen = node.Guard switch { PatternGraph.Guard.Start => isStart, PatternGraph.Guard.End => isEnd, _ => true };
            foreach (PatternGraph.Node next in isOpen ? node.Next : new List<PatternGraph.Node>())
            {
                open.Push(next);
            }
        }

        return reached;
    }

    /// <summary>Finds the states that no text distinguishes; each gets the number of its block.</summary>
    private static int[] Minimize(List<(int[] Next, bool IsEnd)> states)
    {
        int[] blocks = states.Select(s => s.IsEnd ? 1 : 0).ToArray();
        int count = blocks.Distinct().Count();
        while (true)
        {
            Dictionary<string, int> keys = new();
            int[] refined = new int[states.Count];
            for (int i = 0; i < states.Count; i++)
            {
                string key = blocks[i] + ":" + string.Join(",", states[i].Next.Select(n => blocks[n]));
                if (!keys.TryGetValue(key, out int block))
                {
                    block = keys.Count;
                    keys.Add(key, block);
                }

                refined[i] = block;
            }

            if (keys.Count == count)
            {
                return refined;
            }

            (blocks, count) = (refined, keys.Count);
        }
    }

    /// <summary>Numbers the states from the first one; a state from which no end is reached is 0.</summary>
    private static Automaton? Number(string pattern, List<(int[] Next, bool IsEnd)> states, int[] blocks, List<int> ranges, int classes)
    {
        int count = blocks.Max() + 1;
        int[] representatives = Enumerable.Range(0, count).Select(b => Array.IndexOf(blocks, b)).ToArray();
        int[] numbers = new int[count];
        List<int> order = new();
        Visit(blocks[0]);
        for (int i = 0; i < order.Count; i++)
        {
            foreach (int next in states[representatives[order[i]]].Next)
            {
                Visit(blocks[next]);
            }
        }

        if (states[0].IsEnd && states[representatives[blocks[0]]].Next.All(n => blocks[n] == blocks[0]))
        {
            return null;
        }

        if (order.Count * (classes + 1) > MaxEntries)
        {
            throw new PatternFault("because it needs too many states");
        }

        List<int> table = new();
        foreach (int block in order)
        {
            (int[] next, bool isEnd) = states[representatives[block]];
            table.Add(isEnd ? 1 : 0);
            table.AddRange(next.Select(n => numbers[blocks[n]]));
        }

        return new Automaton(pattern, classes, new EquatableArray<int>(ranges), new EquatableArray<int>(table));

        void Visit(int block)
        {
            (int[] next, bool isEnd) = states[representatives[block]];
            bool isDead = !isEnd && next.All(n => blocks[n] == block);
            if (numbers[block] == 0 && (!isDead || block == blocks[0]))
            {
                order.Add(block);
                numbers[block] = order.Count;
            }
        }
    }
}
