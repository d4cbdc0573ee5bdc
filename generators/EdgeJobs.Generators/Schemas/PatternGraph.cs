using System;
using System.Collections.Generic;

namespace EdgeJobs.Generators.Schemas;

/// <summary>A pattern that can't be checked; the message says why, with its verb.</summary>
internal sealed class PatternFault(string message) : Exception(message);

/// <summary>A pattern as a graph of nodes with at most two ways out: the steps that a match may take.</summary>
internal sealed class PatternGraph
{
    private const int MaxNodes = 5000;

    private readonly List<Node> _nodes = new();

    internal enum Guard
    {
        None,
        Start,
        End,
    }

    public IReadOnlyList<Node> Nodes => _nodes;

    public Node Add(CharacterRanges? characters = null, Guard guard = Guard.None)
    {
        if (_nodes.Count == MaxNodes)
        {
            throw new PatternFault("because its repetitions are too many");
        }

        Node node = new(_nodes.Count, characters, guard);
        _nodes.Add(node);
        return node;
    }

    /// <summary>A place in the pattern.</summary>
    /// <param name="index">Its index in the graph.</param>
    /// <param name="characters">The characters that lead on; null if none is needed.</param>
    /// <param name="guard">Where in the text the way on is open.</param>
    internal sealed class Node(int index, CharacterRanges? characters, Guard guard)
    {
        public int Index { get; } = index;

        public CharacterRanges? Characters { get; } = characters;

        public Guard Guard { get; } = guard;

        public List<Node> Next { get; } = new();
    }
}
