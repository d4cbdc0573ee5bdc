namespace EdgeJobs.Runtime.Documents;

/// <summary>Takes the arguments of a <c>runCommand</c> apart.</summary>
internal static class CommandSplitter
{
    /// <summary>
    /// Splits at commas. A backslash before a comma makes the comma part of the argument; any other backslash, and all white
    /// space, is kept as it is.
    /// </summary>
    public static List<string> Split(string command)
    {
        List<string> arguments = new(command.AsSpan().Count(',') + 1);
        int start = 0;
        for (int i = 0; i < command.Length; i++)
        {
            if (command[i] == ',' && (i == start || command[i - 1] != '\\'))
            {
                arguments.Add(Unescape(command[start..i]));
                start = i + 1;
            }
        }

        arguments.Add(Unescape(command[start..]));
        return arguments;
    }

    private static string Unescape(string argument) => argument.Replace("\\,", ",", StringComparison.Ordinal);
}
