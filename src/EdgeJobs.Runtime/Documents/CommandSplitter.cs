namespace EdgeJobs.Runtime.Documents;

/// <summary>Takes the arguments of a <c>runCommand</c> apart.</summary>
internal static class CommandSplitter
{
    /// <summary>
    /// Splits at commas. A backslash before a comma makes the comma part of the argument; any other backslash, and all white
    /// space, is kept as it is.
    /// </summary>
    public static string[] Split(string command)
    {
        // A comma that is escaped leaves one place over.
        string[] arguments = new string[command.AsSpan().Count(',') + 1];
        int count = 0;
        int start = 0;
        for (int i = 0; i < command.Length; i++)
        {
            if (command[i] == ',' && (i == start || command[i - 1] != '\\'))
            {
                arguments[count++] = Unescape(command[start..i]);
                start = i + 1;
            }
        }

        arguments[count++] = Unescape(command[start..]);
        return count == arguments.Length ? arguments : arguments[..count];
    }

    private static string Unescape(string argument) => argument.Replace("\\,", ",", StringComparison.Ordinal);
}
