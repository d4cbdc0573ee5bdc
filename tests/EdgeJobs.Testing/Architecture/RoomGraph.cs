using System.Reflection;

namespace EdgeJobs.Testing.Architecture;

/// <summary>
/// The rooms of a project and their imports. Each folder is a room, also a folder in a folder ("Dialing/Proxy"). The project's root is not
/// a room: its types may be used by every room, and what they use counts for the rooms that use them. The same holds for generated code.
/// </summary>
public sealed class RoomGraph
{
    private readonly IReadOnlyList<SourceType> _types;
    private readonly string _rootNamespace;
    private readonly Dictionary<string, SourceType> _byName;
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _imports = new(StringComparer.Ordinal);

    public RoomGraph(IReadOnlyList<SourceType> types, string rootNamespace)
    {
        _types = types;
        _rootNamespace = rootNamespace;
        _byName = types.ToDictionary(type => type.FullName);
        foreach (var type in types.Where(type => RoomOf(type) is not null).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            var room = RoomOf(type)!;
            _imports.TryAdd(room, new(StringComparer.Ordinal));
            AddImports(type, PathOf(type), room, _imports[room], []);
        }
    }

    /// <summary>Reads a compiled assembly and its PDB.</summary>
    /// <param name="assembly">The assembly; its PDB lies beside it.</param>
    /// <param name="project">The project's folder in the repository, such as "src/EdgeJobs.Client". Its name is the root namespace.</param>
    public static RoomGraph Of(Assembly assembly, string project) => new(AssemblyTypes.Read(assembly, project), Path.GetFileName(project));

    /// <summary>The types of a compiled assembly.</summary>
    public static IReadOnlyList<SourceType> Read(Assembly assembly, string project) => AssemblyTypes.Read(assembly, project);

    /// <summary>Every violation of the project's architecture, one a line; empty when the rules hold.</summary>
    /// <param name="order">All rooms, from low to high: a room uses only rooms before it in the list.</param>
    /// <param name="rootAllowed">Names of types that may lie in the project's root although they are not public, in any namespace.</param>
    public IReadOnlyList<string> Violations(IReadOnlyList<string> order, params IReadOnlyCollection<string> rootAllowed) =>
        [.. Cycles(), .. ImportsAgainst(order), .. MisplacedTypes(rootAllowed)];

    /// <summary>Throws if the project's architecture is violated; the message names every violation, one a line.</summary>
    /// <inheritdoc cref="Violations"/>
    public void Verify(IReadOnlyList<string> order, params IReadOnlyCollection<string> rootAllowed)
    {
        IReadOnlyList<string> violations = Violations(order, rootAllowed);
        if (violations.Count > 0)
        {
            // An exception, because a test framework truncates the values of its assertions.
            throw new InvalidOperationException(string.Join("\n", violations));
        }
    }

    /// <summary>Throws if a page does not show the graph; the message is the chart to paste.</summary>
    /// <param name="page">The text of the page.</param>
    public void VerifyShownIn(string page)
    {
        if (!page.Contains(ToMermaid(), StringComparison.Ordinal))
        {
            throw new InvalidOperationException("the page does not show the chart of the rooms:\n" + ToMermaid());
        }
    }

    /// <summary>The graph as a Mermaid flowchart, without the imports that follow from others.</summary>
    public string ToMermaid()
    {
        var lines = new List<string> { "flowchart TD" };
        foreach (var (room, imports) in _imports)
        {
            lines.Add($"    {room.Replace('/', '_')}[\"{room}\"]");
            lines.AddRange(imports.Keys
                .Where(import => !imports.Keys.Any(other => other != import && PathBetween(other, import) is not null))
                .Select(import => $"    {room.Replace('/', '_')} --> {import.Replace('/', '_')}"));
        }

        return string.Join('\n', lines) + "\n";
    }

    private static string? RoomOf(SourceType type) => type.Folders is [{ Length: > 0 } folder, ..] ? folder : null;

    private static string PathOf(SourceType type) => RoomOf(type) is { } room ? room + "/" + type.Name : type.Name;

    private void AddImports(SourceType type, string example, string room, SortedDictionary<string, string> imports, HashSet<string> visited)
    {
        foreach (var used in type.Uses.Where(visited.Add).Where(_byName.ContainsKey).Select(name => _byName[name]))
        {
            var path = example + " -> " + PathOf(used);
            if (RoomOf(used) is not { } other)
            {
                AddImports(used, path, room, imports, visited);
            }
            else if (other != room && (!imports.TryGetValue(other, out var known) || known.Length > path.Length))
            {
                imports[other] = path;
            }
        }
    }

    private IEnumerable<string> Cycles()
    {
        var reported = new HashSet<string>();
        foreach (var room in _imports.Keys)
        {
            var cycle = reported.Contains(room) ? null : PathBetween(room, room);
            if (cycle is not null)
            {
                reported.UnionWith(cycle);
                yield return "cycle between rooms: " + string.Join(", ", cycle.Zip(cycle.Skip(1), (from, to) => _imports[from][to]));
            }
        }
    }

    /// <summary>The shortest chain of imports from one room to another, with both ends.</summary>
    private List<string>? PathBetween(string from, string to)
    {
        var queue = new Queue<List<string>>([[from]]);
        var seen = new HashSet<string>();
        while (queue.TryDequeue(out var path))
        {
            foreach (var next in _imports[path[^1]].Keys)
            {
                if (next == to)
                {
                    return [.. path, next];
                }

                if (seen.Add(next))
                {
                    queue.Enqueue([.. path, next]);
                }
            }
        }

        return null;
    }

    private IEnumerable<string> ImportsAgainst(IReadOnlyList<string> order)
    {
        var levels = order.Select((room, level) => (room, level)).ToDictionary(entry => entry.room, entry => entry.level);
        var unlisted = _imports.Keys.Except(order).Select(room => $"the room {room} is not in the list of rooms");
        var empty = order.Where(room => !_imports.ContainsKey(room)).Select(room => $"the list of rooms names {room}, which has no types");
        var upward = _imports.SelectMany(
            room => room.Value.Where(import => levels.GetValueOrDefault(import.Key) > levels.GetValueOrDefault(room.Key, int.MaxValue)),
            (room, import) => $"{import.Value}: {import.Key} is above {room.Key} in the list of rooms");
        return unlisted.Concat(empty).Concat(upward);
    }

    private IEnumerable<string> MisplacedTypes(IReadOnlyCollection<string> rootAllowed)
    {
        foreach (var type in _types.Where(type => type.Folders.Count > 0 && !rootAllowed.Contains(type.Name)))
        {
            var folder = type.Folders[0];
            var expected = folder.Length == 0 ? _rootNamespace : _rootNamespace + "." + folder.Replace('/', '.');
            if (type.Folders.Count > 1)
            {
                yield return $"{type.FullName} is declared in several folders: {string.Join(", ", type.Folders)}";
            }

            if (folder.Length == 0 && !type.IsPublic)
            {
                yield return $"{type.FullName} is not public and lies in the project's root";
            }

            if (type.Namespace != expected && !(type.IsPublic && type.Namespace == _rootNamespace))
            {
                yield return $"{type.FullName} lies in the folder {PathOf(type)}: its namespace must be {expected}";
            }
        }
    }
}
