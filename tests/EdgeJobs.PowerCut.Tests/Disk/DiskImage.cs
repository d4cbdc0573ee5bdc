namespace EdgeJobs.PowerCut.Tests.Disk;

/// <summary>One state of a disk: the content of each file by its path; null for a directory. Parents come before their content.</summary>
internal sealed class DiskImage
{
    private readonly List<(string Path, byte[]? Content)> _entries = [];

    public IReadOnlyList<(string Path, byte[]? Content)> Entries => _entries;

    /// <summary>Equal images have equal hashes.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037;

    public byte[]? Find(string path) => _entries.Find(e => e.Path == path).Content;

    public bool Has(string path) => _entries.Exists(e => e.Path == path);

    public void Add(string path, byte[]? content)
    {
        _entries.Add((path, content));
        foreach (char c in path)
        {
            Mix(c);
        }

        Mix(content is null ? 1 : ContentHash.Of(content));
    }

    /// <summary>Writes it into an empty directory.</summary>
    public void WriteTo(string directory)
    {
        foreach ((string path, byte[]? content) in _entries)
        {
            string full = Path.Combine(directory, path);
            if (content is null)
            {
                Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
            else
            {
                File.WriteAllBytes(full, content);
                File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
    }

    private void Mix(ulong value) => Hash = ((Hash ^ value) * 1099511628211) ^ (value >> 29);
}
