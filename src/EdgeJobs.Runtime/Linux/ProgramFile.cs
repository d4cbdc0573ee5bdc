using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>Explains from the first bytes of a file why the kernel does not run it.</summary>
internal static class ProgramFile
{
    private const int HeadBytes = 256;
    private const int MachineOffset = 18;
    private const int OrderOffset = 5;
    private const byte BigEndian = 2;
    private const string EmulationDirectory = "/proc/sys/fs/binfmt_misc";

    /// <summary>The first bytes of a file; null when this user can't read it.</summary>
    public static byte[]? ReadHead(string path) =>
        Libc.Access(path, Libc.AccessRead) == 0 ? ProcFile.Read(path, stackalloc byte[HeadBytes]).ToArray() : null;

    /// <summary>
    /// Whether a file that the kernel does not run is a script without "#!". Like <c>execvp</c>, the agent runs it with the shell.
    /// </summary>
    /// <param name="head">Its first bytes, or null.</param>
    public static bool IsPlainScript(byte[]? head) =>
        head is { Length: > 0 } && !IsProgram(head) && !head.AsSpan().StartsWith("#!"u8) && !head.AsSpan().Contains((byte)0);

    /// <summary>
    /// Why a program that <c>sudo</c> is to start can't run; null when no reason is known. <c>sudo</c> runs with the shell whatever the
    /// kernel does not run.
    /// </summary>
    /// <param name="head">Its first bytes, or null.</param>
    public static string? FindFault(byte[]? head)
    {
        bool isForeign = head is not null && IsProgram(head) && MachineOf(head) is { } machine && machine != OwnMachine() && !IsEmulated();
        return head is { Length: 0 } || isForeign ? Explain(head, Libc.NotExecutable) : null;
    }

    /// <summary>Why a program could not be started.</summary>
    /// <param name="head">Its first bytes, or null.</param>
    /// <param name="error">The C library's error number.</param>
    public static string Explain(byte[]? head, int error)
    {
        if (head is null || error is not (Libc.NoEntry or Libc.NotExecutable))
        {
            return ErrorText.Of(error);
        }

        if (head.Length == 0)
        {
            return "the file is empty; install it again";
        }

        if (head.AsSpan().StartsWith("#!"u8))
        {
            return ExplainInterpreter(head);
        }

        if (!IsProgram(head))
        {
            return "it is neither a program nor a script";
        }

        if (MachineOf(head) is { } machine && machine != OwnMachine())
        {
            return $"it is a program for {NameOf(machine)}, and this board is {NameOf(OwnMachine())}";
        }

        return error == Libc.NoEntry
            ? "the loader that it needs is missing; it is built for another C library"
            : "it is a damaged program; install it again";
    }

    private static string ExplainInterpreter(byte[] head)
    {
        ReadOnlySpan<byte> line = head.AsSpan(2);
        int end = line.IndexOf((byte)'\n');
        string text = Encoding.UTF8.GetString(end < 0 ? line : line[..end]);
        if (text.EndsWith('\r'))
        {
            return "its first line ends with a carriage return; save the file with Unix line endings";
        }

        string[] words = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0
            ? "its first line names no interpreter"
            : $"the interpreter that its first line names is missing or can't be run: {StatusText.Head(words[0])}";
    }

    private static bool IsProgram(byte[] head) => head.AsSpan().StartsWith("\u007fELF"u8);

    private static ushort? MachineOf(byte[] head) => head.Length < MachineOffset + sizeof(ushort)
        ? null
        : head[OrderOffset] == BigEndian
            ? BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(MachineOffset))
            : BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(MachineOffset));

    private static ushort OwnMachine() => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.Arm64 => 183,
        Architecture.Arm => 40,
        Architecture.X86 => 3,
        Architecture.RiscV64 => 243,
        _ => 62,
    };

    private static string NameOf(ushort machine) => machine switch
    {
        3 => "x86 (32 bits)",
        8 => "MIPS",
        20 or 21 => "PowerPC",
        40 => "ARM (32 bits)",
        62 => "x86-64",
        183 => "ARM64",
        243 => "RISC-V",
        _ => $"another machine (number {machine})",
    };

    /// <summary>
    /// Whether an emulator may run programs of other architectures: besides the kernel's two files, the directory contains its rules. In a
    /// container, the directory can be an unreadable automount of the host: the answer is then true.
    /// </summary>
    internal static bool IsEmulated(string directory = EmulationDirectory)
    {
        try
        {
            return Directory.Exists(directory) && Directory.GetFileSystemEntries(directory).Length > 2;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
