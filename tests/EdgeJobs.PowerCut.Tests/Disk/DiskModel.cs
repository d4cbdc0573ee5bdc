namespace EdgeJobs.PowerCut.Tests.Disk;

/// <summary>
/// A disk as POSIX promises it, and no more: a file's content is on the disk after a flush of the file, a name after a flush of its
/// directory. Until then each change may be there or not, in any order; see <see cref="FileStates"/> and <see cref="DiskDirectory"/>.
/// </summary>
internal sealed class DiskModel
{
    private readonly DiskDirectory _root = new(0);
    private int _nodes;

    /// <returns>The node that the call changes or flushes.</returns>
    public DiskNode Apply(DiskCall call)
    {
        (DiskDirectory parent, string name) = ParentOf(call.Path);
        switch (call)
        {
            case DiskCall.CreateFile:
                parent.Set(name, new DiskFile(++_nodes));
                return parent;
            case DiskCall.CreateDirectory:
                parent.Set(name, new DiskDirectory(++_nodes));
                return parent;
            case DiskCall.Write write:
                DiskFile written = (DiskFile)NodeAt(write.Path);
                written.Write(write.Offset, write.Bytes);
                return written;
            case DiskCall.Truncate truncate:
                DiskFile cut = (DiskFile)NodeAt(truncate.Path);
                cut.Truncate(truncate.Length);
                return cut;
            case DiskCall.Rename rename:
                (DiskDirectory target, string to) = ParentOf(rename.To);
                if (target != parent)
                {
                    throw new NotSupportedException($"{rename}: the model has no rename between directories");
                }

                parent.Rename(name, to);
                return parent;
            case DiskCall.Remove:
                parent.Remove(name);
                return parent;
            case DiskCall.Flush flush:
                DiskNode node = NodeAt(flush.Path);
                node.Flush();
                return node;
            default:
                throw new NotSupportedException(call.ToString());
        }
    }

    /// <summary>The node that has a path now.</summary>
    public DiskNode NodeAt(string path)
    {
        DiskNode node = _root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = ((DiskDirectory)node).Entries[name];
        }

        return node;
    }

    /// <summary>All nodes that the running system or the disk may have.</summary>
    public IReadOnlyCollection<DiskNode> Nodes()
    {
        HashSet<DiskNode> nodes = [_root];
        Queue<DiskDirectory> directories = new([_root]);
        while (directories.TryDequeue(out DiskDirectory? directory))
        {
            foreach (DiskNode node in directory.Nodes)
            {
                if (nodes.Add(node) && node is DiskDirectory inner)
                {
                    directories.Enqueue(inner);
                }
            }
        }

        return nodes;
    }

    /// <summary>
    /// The images that the disk may hold now. Each node of the focus is in each of its states, while the others are in all their flushed
    /// states, all their newest ones, only directories flushed, or only files flushed; then random states of all nodes at once.
    /// </summary>
    /// <param name="focus">The nodes whose states are tried, and how many of each at most.</param>
    /// <param name="samples">The number of random images.</param>
    /// <param name="random">The source of these.</param>
    public IEnumerable<DiskImage> Images(IReadOnlyCollection<(DiskNode Node, int MaxStates)> focus, int samples, Random random)
    {
        for (int rest = 0; rest < 4; rest++)
        {
            int ofFiles = rest & 1;
            int ofDirectories = rest >> 1;
            yield return Build(StateOfRest);
            foreach ((DiskNode node, int most) in focus)
            {
                int count = node.IsPending ? Math.Min(node.StateCount, most) : 0;
                for (int i = 0; i < count; i++)
                {
                    int chosen = (int)((long)i * node.StateCount / count);
                    yield return Build(n => n == node ? chosen : StateOfRest(n));
                }
            }

            int StateOfRest(DiskNode node) => node is DiskFile ? ofFiles : ofDirectories;
        }

        for (int i = 0; i < samples; i++)
        {
            yield return Build(node => random.Next(node.StateCount));
        }
    }

    private DiskImage Build(Func<DiskNode, int> stateOf)
    {
        DiskImage image = new();
        Add(_root, string.Empty);
        return image;

        void Add(DiskDirectory directory, string path)
        {
            IReadOnlyDictionary<string, DiskNode> entries = directory.States[Math.Min(stateOf(directory), directory.StateCount - 1)];
            foreach (string name in entries.Keys.Order(StringComparer.Ordinal))
            {
                string full = path.Length == 0 ? name : $"{path}/{name}";
                if (entries[name] is DiskFile file)
                {
                    image.Add(full, file.States[Math.Min(stateOf(file), file.StateCount - 1)]);
                }
                else
                {
                    image.Add(full, null);
                    Add((DiskDirectory)entries[name], full);
                }
            }
        }
    }

    private (DiskDirectory Parent, string Name) ParentOf(string path)
    {
        int slash = path.LastIndexOf('/');
        return path.Length == 0 ? (_root, path) : ((DiskDirectory)NodeAt(slash < 0 ? string.Empty : path[..slash]), path[(slash + 1)..]);
    }
}
