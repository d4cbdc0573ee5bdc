using System.Text;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The instructions for <see cref="StepLauncher"/>, passed in a memory file. Every user could read arguments, and variables of a document
/// in the launcher's environment could manipulate a launcher that runs as root.
/// </summary>
internal sealed record LaunchSpec
{
    public required ProcessStart Start { get; init; }

    /// <summary>The user to switch to; null for the agent's user.</summary>
    public LocalUser? User { get; init; }

    /// <summary>
    /// Whether the document names the working directory. Otherwise, a user who can't enter the default one starts in the root directory.
    /// </summary>
    public bool MustEnterDirectory { get; init; }

    /// <summary>The directory of the cgroup to join; null for none.</summary>
    public string? Cgroup { get; init; }

    /// <summary>The address space limit of each process, in bytes; 0 for none.</summary>
    public long MaxMemory { get; init; }

    /// <summary>The CPU time limit of each process, in seconds; 0 for none.</summary>
    public long MaxCpuSeconds { get; init; }

    /// <summary>The descriptor limit of each process; 0 for the agent's limit.</summary>
    public long MaxOpenFiles { get; init; }

    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write(Start.Program);
        writer.Write(Start.Name);
        writer.Write(Start.WorkingDirectory);
        Write(writer, Start.Arguments);
        Write(writer, Start.Environment);
        writer.Write(User is not null);
        if (User is not null)
        {
            writer.Write(User.Name);
            writer.Write(User.Id);
            writer.Write(User.GroupId);
        }

        writer.Write(Cgroup ?? string.Empty);
        writer.Write(MustEnterDirectory);
        writer.Write(MaxMemory);
        writer.Write(MaxCpuSeconds);
        writer.Write(MaxOpenFiles);
        writer.Flush();
        return stream.ToArray();
    }

    public static LaunchSpec Read(byte[] bytes)
    {
        using BinaryReader reader = new(new MemoryStream(bytes), Encoding.UTF8);
        string program = reader.ReadString();
        string name = reader.ReadString();
        string directory = reader.ReadString();
        string[] arguments = ReadAll(reader);
        string[] environment = ReadAll(reader);
        LocalUser? user = reader.ReadBoolean()
            ? new LocalUser(reader.ReadString(), reader.ReadUInt32(), reader.ReadUInt32(), string.Empty, string.Empty)
            : null;
        string cgroup = reader.ReadString();
        return new LaunchSpec
        {
            Start = new ProcessStart(program, arguments, environment, directory) { Name = name },
            User = user,
            Cgroup = cgroup.Length == 0 ? null : cgroup,
            MustEnterDirectory = reader.ReadBoolean(),
            MaxMemory = reader.ReadInt64(),
            MaxCpuSeconds = reader.ReadInt64(),
            MaxOpenFiles = reader.ReadInt64(),
        };
    }

    private static void Write(BinaryWriter writer, IReadOnlyList<string> strings)
    {
        writer.Write(strings.Count);
        foreach (string text in strings)
        {
            writer.Write(text);
        }
    }

    private static string[] ReadAll(BinaryReader reader)
    {
        string[] strings = new string[reader.ReadInt32()];
        for (int i = 0; i < strings.Length; i++)
        {
            strings[i] = reader.ReadString();
        }

        return strings;
    }
}
