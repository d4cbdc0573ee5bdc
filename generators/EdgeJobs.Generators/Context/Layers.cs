using System.Collections.Generic;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Context;

/// <summary>
/// A message or an operation with its traits. Its own members win over its traits, a later trait wins over an earlier
/// one, and objects are merged member by member.
/// </summary>
internal sealed class Layers
{
    private readonly SpecContext _context;
    private readonly List<JsonObject> _layers = new();

    /// <param name="context">The shared state.</param>
    /// <param name="owner">The message or operation.</param>
    /// <param name="what">The name of its kind of trait.</param>
    /// <param name="known">The members that such a trait may have.</param>
    public Layers(SpecContext context, JsonObject owner, string what, ICollection<string> known)
    {
        _context = context;
        if (context.Expect<JsonArray>(owner["traits"], "an array") is { } traits)
        {
            foreach (JsonNode trait in traits.Items)
            {
                if (context.Object(trait) is { } layer)
                {
                    context.CheckMembers(layer, what, known);
                    _layers.Insert(0, layer);
                }
            }
        }

        _layers.Insert(0, owner);
    }

    private Layers(SpecContext context, List<JsonObject> layers)
    {
        _context = context;
        _layers = layers;
    }

    /// <summary>The layers, the winning one first.</summary>
    public IReadOnlyList<JsonObject> All => _layers;

    /// <summary>The value of a member, or null.</summary>
    public JsonNode? this[string name]
    {
        get
        {
            foreach (JsonObject layer in _layers)
            {
                if (layer[name] is { } value)
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <summary>A member that is an object, merged over the layers.</summary>
    public Layers Object(string name)
    {
        List<JsonObject> inner = new();
        foreach (JsonObject layer in _layers)
        {
            if (_context.Object(layer[name]) is { } value)
            {
                inner.Add(value);
            }
        }

        return new Layers(_context, inner);
    }
}
