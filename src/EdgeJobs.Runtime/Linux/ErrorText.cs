using System.Runtime.InteropServices;

namespace EdgeJobs.Runtime.Linux;

/// <summary>The C library's errors in words.</summary>
internal static class ErrorText
{
    /// <summary>What an error number of starting a process means.</summary>
    public static string Of(int error) => error switch
    {
        1 => "not permitted",
        Libc.NoEntry => "no such file, or the interpreter that its first line names is missing",
        5 => "it can't be read",
        7 => "the arguments are too long",
        Libc.NotExecutable => "it is not made for this machine, or damaged",
        11 => "the limit of processes is reached",
        12 => "out of memory",
        Libc.AccessDenied => "permission denied",
        20 => "a part of its path is not a directory",
        22 => "it is a damaged program; install it again",
        23 or 24 => "the limit of open files is reached",
        26 => "it is being written",
        40 => "too many links in its path",
        80 => "the loader that it names is not made for this machine, or damaged",
        _ => Words(error),
    };

    /// <summary>An error number in the C library's own words: <c>Is a directory (error 21)</c>.</summary>
    public static string Words(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} (error {error})";
}
