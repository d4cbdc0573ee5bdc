using System.Runtime.InteropServices;

namespace EdgeJobs.Runtime.Tests.Linux;

/// <summary>Runs an action in a thread with another user id: in the kernel, each thread has its own. Needs root.</summary>
internal static class AsNobody
{
    public const int User = 65534;

    public static void Run(Action action)
    {
        Exception? thrown = null;
        Thread thread = new(() =>
        {
            // The C library's function would change every thread.
            nint number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 147 : 117;
            if (SystemCall(number, User, User, User) != 0)
            {
                thrown = new InvalidOperationException("can't act as another user");
                return;
            }

#pragma warning disable CA1031 // Is thrown in the test's own thread.
            try
            {
                action();
            }
            catch (Exception e)
            {
                thrown = e;
            }
#pragma warning restore CA1031
        });
        thread.Start();
        thread.Join();
        if (thrown is not null)
        {
            throw new InvalidOperationException(thrown.Message, thrown);
        }
    }

    /// <summary>Changes the owner of a file, directory or link.</summary>
    public static void Give(string path) => Assert.Equal(0, ChangeOwner(path, User, User));

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SystemCall(nint number, nint first, nint second, nint third);

    [DllImport("libc", EntryPoint = "lchown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int user, int group);
}
