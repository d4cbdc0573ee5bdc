namespace EdgeJobs.Runtime.Linux;

/// <summary>Finds the file of a program, with faults that an operator can act on.</summary>
internal static class ProgramFinder
{
    private const int Executable = 1;

    /// <summary>
    /// Finds a program as a shell does: a name with a slash is a path, relative to the directory that the step begins in; any
    /// other is looked up.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="searchPath">The directories to look in, between colons. Only absolute ones count: a document chooses what a relative one stands for.</param>
    /// <param name="workingDirectory">The directory that the step begins in, absolute.</param>
    /// <param name="fault">Why there is none.</param>
    /// <returns>The full path.</returns>
    public static string? Find(string name, string searchPath, string workingDirectory, out string fault)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            string path = Path.Combine(workingDirectory, name);
            return Check(path, out fault) ? path : null;
        }

        string? notExecutable = null;
        foreach (string directory in Directories(name, searchPath, workingDirectory))
        {
            string candidate = Path.Combine(directory, name);
            if (!File.Exists(candidate))
            {
                continue;
            }

            if (Check(candidate, out fault))
            {
                return candidate;
            }

            notExecutable ??= fault;
        }

        fault = notExecutable ?? $"there is no program '{name}' in PATH ({searchPath}); install it, or give its full path";
        return null;
    }

    /// <summary>The directories in which <see cref="Find"/> looks for a program, in its order.</summary>
    public static string[] Directories(string name, string searchPath, string workingDirectory) =>
        name.Contains('/', StringComparison.Ordinal)
            ? [workingDirectory]
            : Array.FindAll(searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries), static directory => directory[0] == '/');

    /// <summary>Finds a handler in a directory that the document names.</summary>
    /// <param name="handler">Its file name, which must not lead out of the directory.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="fault">Why there is none.</param>
    public static string? FindHandler(string handler, string directory, out string fault)
    {
        if (Path.IsPathRooted(handler) || handler.Split('/').Contains(".."))
        {
            fault = $"the handler '{handler}' leads out of {directory}; give a file name";
            return null;
        }

        string path = Path.Combine(directory, handler);
        return Check(path, out fault) ? path : null;
    }

    /// <summary>Whether a step can begin in a directory, as far as the agent's user can tell.</summary>
    /// <param name="directory">Its path.</param>
    /// <param name="fault">Why not.</param>
    public static bool CheckDirectory(string directory, out string fault)
    {
        fault = string.Empty;
        if (File.Exists(directory))
        {
            fault = $"the working directory {directory} is a file; give a directory";
        }
        else if (!Directory.Exists(directory))
        {
            fault = $"the working directory {directory} does not exist; create it, or change workingDirectory in the document";
        }
        else if (Libc.Access(directory, Executable) != 0)
        {
            fault = $"the agent's user may not enter the working directory {directory}; let it, or change workingDirectory in the document";
        }

        return fault.Length == 0;
    }

    private static bool Check(string path, out string fault)
    {
        fault = string.Empty;
        if (Directory.Exists(path))
        {
            fault = $"{path} is a directory, not a program";
        }
        else if (!File.Exists(path))
        {
            fault = $"{path} does not exist";
        }
        else if (Libc.Access(path, Executable) != 0)
        {
            fault = $"{path} is not executable for the agent's user; chmod 700 it";
        }

        return fault.Length == 0;
    }
}
