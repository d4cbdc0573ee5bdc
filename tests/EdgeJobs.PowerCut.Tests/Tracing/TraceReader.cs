using System.Globalization;
using EdgeJobs.PowerCut.Tests.Disk;

namespace EdgeJobs.PowerCut.Tests.Tracing;

/// <summary>
/// The events in a trace of the agent. A change of the disk happens when its call begins, because the disk may have it from then on; a
/// flush when its call returns. Throws on a call in the directory that it does not know.
/// </summary>
/// <param name="root">The directory that is the root of the disk; changes elsewhere are none.</param>
internal sealed class TraceReader(string root)
{
    /// <summary>The system calls to trace.</summary>
    public const string Calls = "open,openat,openat2,creat,write,pwrite64,writev,pwritev,pwritev2,truncate,ftruncate,fallocate,rename,"
        + "renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,sync_file_range,"
        + "syncfs,sync,lseek,execve,execveat,sendmsg,sendto,sendfile,copy_file_range";

    private readonly Dictionary<int, long> _positions = [];
    private readonly Dictionary<string, long> _sizes = [];
    private readonly HashSet<string> _existing = [];
    private readonly HashSet<(int, string, int, int)> _begun = [];
    private readonly List<(int Order, TraceEvent Event)> _events = [];
    private int _claims;
    private int _agent;

    /// <summary>The events of one process of the agent and its steps. Later processes see the files of earlier ones.</summary>
    public IReadOnlyList<TraceEvent> Read(IEnumerable<string> lines)
    {
        _events.Clear();
        _positions.Clear();
        IReadOnlyList<SystemCall> calls = StraceReader.Read(lines);
        _agent = calls.First(c => c.Name == "execve").Process;
        foreach (SystemCall call in calls.OrderBy(OrderOf))
        {
            if (!call.HasFailed || call is { Name: "execve", Result: ['?', ..] })
            {
                Read(call);
            }
        }

        return [.. _events.OrderBy(e => e.Order).Select(e => e.Event)];
    }

    private static int OrderOf(SystemCall call) => call.Name is "fsync" or "fdatasync" ? call.End : call.Begin;

    private void Read(SystemCall call)
    {
        IReadOnlyList<string> arguments = call.Arguments;
        switch (call.Name)
        {
            case "open":
                Open(call, Relative(StraceReader.Text(arguments[0])), arguments[1]);
                break;
            case "openat":
                Open(call, At(arguments[0], arguments[1]), arguments[2]);
                break;
            case "write":
                Write(call);
                break;
            case "pwrite64":
                if (Relative(StraceReader.PathOf(arguments[0])) is { } overwritten)
                {
                    long offset = long.Parse(arguments[3], CultureInfo.InvariantCulture);
                    Add(call, WriteAt(overwritten, offset, StraceReader.Bytes(arguments[1])));
                }

                break;
            case "ftruncate" when Relative(StraceReader.PathOf(arguments[0])) is { } cut:
                _sizes[cut] = long.Parse(arguments[1], CultureInfo.InvariantCulture);
                Add(call, new DiskCall.Truncate(cut, _sizes[cut]));
                break;
            case "fallocate" when Relative(StraceReader.PathOf(arguments[0])) is { } reserved:
                if (arguments[1] != "FALLOC_FL_KEEP_SIZE")
                {
                    throw new NotSupportedException($"fallocate {arguments[1]} of {reserved}");
                }

                break;
            case "rename":
                Rename(call, Relative(StraceReader.Text(arguments[0])), Relative(StraceReader.Text(arguments[1])));
                break;
            case "renameat":
                Rename(call, At(arguments[0], arguments[1]), At(arguments[2], arguments[3]));
                break;
            case "mkdir" when Relative(StraceReader.Text(arguments[0])) is { } directory:
                Add(call, new DiskCall.CreateDirectory(directory));
                break;
            case "unlink" or "rmdir" when Relative(StraceReader.Text(arguments[0])) is { } removed:
                Remove(call, removed);
                break;
            case "unlinkat" when At(arguments[0], arguments[1]) is { } removed:
                Remove(call, removed);
                break;
            case "fsync" or "fdatasync" when Relative(StraceReader.PathOf(arguments[0])) is { } flushed:
                Add(call, new DiskCall.Flush(flushed));
                break;
            case "lseek" when Relative(StraceReader.PathOf(arguments[0])) is { }:
                _positions[StraceReader.NumberOf(arguments[0])] = long.Parse(call.Result.Split(' ')[0], CultureInfo.InvariantCulture);
                break;
            case "execve":
                Execute(call);
                break;
            case "sendto" or "sendmsg":
                _events.Add((call.Begin, new TraceEvent.Sent()));
                break;
            case "fsync" or "fdatasync" or "fallocate" or "ftruncate" or "mkdir" or "unlink" or "rmdir" or "unlinkat" or "lseek":
                break;
            default:
                RefuseIfOnDisk(call);
                break;
        }
    }

    private void RefuseIfOnDisk(SystemCall call)
    {
        foreach (string argument in call.Arguments)
        {
            string? path = argument.StartsWith('"') ? Relative(StraceReader.Text(argument)) : Relative(StraceReader.PathOf(argument));
            if (path is not null)
            {
                throw new NotSupportedException($"the model of the disk has no {call.Name} ({path})");
            }
        }
    }

    private void Open(SystemCall call, string? path, string flags)
    {
        if (path is null)
        {
            return;
        }

        if (flags.Contains("SYNC", StringComparison.Ordinal) || flags.Contains("O_TMPFILE", StringComparison.Ordinal))
        {
            throw new NotSupportedException($"the model of the disk has no open with {flags} ({path})");
        }

        if (flags.Contains("O_CREAT", StringComparison.Ordinal) && _existing.Add(path))
        {
            _sizes[path] = 0;
            Add(call, new DiskCall.CreateFile(path));
        }
        else if (flags.Contains("O_TRUNC", StringComparison.Ordinal) && _sizes[path] > 0)
        {
            _sizes[path] = 0;
            Add(call, new DiskCall.Truncate(path, 0));
        }

        bool appends = flags.Contains("O_APPEND", StringComparison.Ordinal);
        _positions[StraceReader.NumberOf(call.Result)] = appends ? -1 : 0;
    }

    private void Write(SystemCall call)
    {
        string target = StraceReader.PathOf(call.Arguments[0]);
        int descriptor = StraceReader.NumberOf(call.Arguments[0]);
        if (Relative(target) is { } path)
        {
            byte[] bytes = StraceReader.Bytes(call.Arguments[1]);
            long position = _positions[descriptor] is >= 0 and var at ? at : _sizes[path];
            Add(call, WriteAt(path, position, bytes));
            _positions[descriptor] = _positions[descriptor] < 0 ? -1 : position + bytes.Length;
        }
        else if (descriptor == 2)
        {
            foreach (string line in StraceReader.Text(call.Arguments[1]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                _events.Add((call.Begin, new TraceEvent.Logged(line)));
            }
        }
    }

    private DiskCall.Write WriteAt(string path, long offset, byte[] bytes)
    {
        _sizes[path] = Math.Max(_sizes[path], offset + bytes.Length);
        _claims += path.EndsWith("/journal", StringComparison.Ordinal) ? 1 : 0;
        return new DiskCall.Write(path, offset, bytes);
    }

    private void Rename(SystemCall call, string? path, string? to)
    {
        if (path is null || to is null)
        {
            return;
        }

        // A directory takes what is in it along.
        foreach (string moved in _existing.Where(p => p == path || p.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
        {
            string target = to + moved[path.Length..];
            _sizes[target] = _sizes[moved];
            _existing.Add(target);
            _existing.Remove(moved);
        }

        Add(call, new DiskCall.Rename(path, to));
    }

    private void Remove(SystemCall call, string path)
    {
        _existing.Remove(path);
        Add(call, new DiskCall.Remove(path));
    }

    /// <summary>The first program of an attempt is the step's own; those that it runs have its environment too.</summary>
    private void Execute(SystemCall call)
    {
        if (call.Arguments.Count < 3 || !call.Arguments[2].StartsWith('['))
        {
            return;
        }

        string[] variables =
            [.. call.Arguments[2][1..^1].Split(", ").Where(v => v.StartsWith('"')).Select(StraceReader.Text)];
        if (Value("EDGEJOBS_JOB_ID=") is not { } job || call.Process == _agent)
        {
            return;
        }

        int number = int.Parse(Value("EDGEJOBS_STEP=")!, CultureInfo.InvariantCulture);
        int attempt = int.Parse(Value("EDGEJOBS_ATTEMPT=")!, CultureInfo.InvariantCulture);

        // The same attempt of another execution of the same name is another one: the journal has grown since.
        if (!_begun.Contains((_claims, job, number, attempt)))
        {
            _begun.Add((_claims, job, number, attempt));
            _events.Add((call.Begin, new TraceEvent.StepBegan(job, number, attempt)));
        }

        string? Value(string name) => Array.Find(variables, v => v.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
    }

    private void Add(SystemCall call, DiskCall change) => _events.Add((OrderOf(call), new TraceEvent.OnDisk(change)));

    private string? At(string directory, string path)
    {
        string text = StraceReader.Text(path);
        return Relative(text.StartsWith('/') ? text : $"{StraceReader.PathOf(directory)}/{text}");
    }

    private string? Relative(string path) =>
        path.StartsWith(root + "/", StringComparison.Ordinal) ? path[(root.Length + 1)..] : path == root ? string.Empty : null;
}
