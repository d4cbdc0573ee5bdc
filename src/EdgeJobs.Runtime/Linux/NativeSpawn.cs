using System.Runtime.InteropServices;

namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// <c>spawn.c</c>, which the agent's executable contains: starts a program in a cgroup. <c>posix_spawn</c> can't do that before glibc 2.39,
/// and no managed code may run between vfork and execve.
/// </summary>
internal static unsafe partial class NativeSpawn
{
    private const string Library = "edgejobs_spawn";

    /// <summary>Whether this program contains it, or a library of its name is beside it.</summary>
    public static bool IsLinked { get; } = Probe();

    /// <returns>An error number, negative if the cgroup could not be joined; 0 on success.</returns>
    [LibraryImport(Library, EntryPoint = "edgejobs_spawn")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    public static partial int Spawn(Request* request, int* processId);

    private static bool Probe()
    {
        try
        {
            return Spawn(null, null) > 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary><c>struct request</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Request
    {
        public byte* Program;
        public byte** Arguments;
        public byte** Environment;
        public byte* Directory;

        /// <summary>The file <c>cgroup.procs</c> of the cgroup to join; null for none.</summary>
        public byte* Cgroup;

        /// <summary>They become the descriptors from 1 on; -1 for none. Descriptor 0 is /dev/null.</summary>
        public int* Descriptors;

        public int Count;
    }
}
