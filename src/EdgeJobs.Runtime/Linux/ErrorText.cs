using System.Runtime.InteropServices;

namespace EdgeJobs.Runtime.Linux;

/// <summary>The C library's errors in words.</summary>
internal static class ErrorText
{
    /// <summary>What an error number of <c>execve</c> or <c>posix_spawn</c> means.</summary>
    public static string Of(int error) => error switch
    {
        1 => "not permitted",
        Libc.NoEntry => "no such file, or the interpreter that its first line names is missing",
        5 => "it can't be read",
        7 => "the arguments are too long",
        Libc.NotExecutable => "it is built for another machine, or damaged",
        11 => "the process limit is reached",
        12 => "out of memory",
        Libc.AccessDenied => "permission denied",
        20 => "a part of its path is not a directory",
        22 => "it is a damaged program; install it again",
        23 or 24 => "the limit of open files is reached",
        26 => "the file is open for writing",
        40 => "too many symbolic links in its path",
        80 => "the loader that it names is built for another machine, or damaged",
        _ => Words(error),
    };

    /// <summary>What an error number means for a file, and the fix.</summary>
    public static string OfFile(int error) => error switch
    {
        1 or Libc.AccessDenied => "permission denied; give the agent's user write access",
        Libc.NoEntry => "its directory does not exist; create it",
        5 => "input/output error; the disk may be failing",
        20 => "a part of its path is a file; choose another directory",
        21 => "it is a directory; move it away",
        23 or 24 => "the limit of open files is reached; raise it",
        27 => "the file size limit is reached; raise it",
        28 => "no space is left on the disk; free some",
        30 => "the disk is mounted read-only; mount it for writing",
        40 => "it is a symbolic link, which the agent does not follow; remove it",
        122 => "the user's disk quota is used up; free some space",
        _ => Words(error),
    };

    private static string Words(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} (error {error})";
}
