using System.Globalization;
using System.Text.Json;
using EdgeJobs.LocalCloud.Model;
using Microsoft.Data.Sqlite;

namespace EdgeJobs.LocalCloud.Storage;

/// <summary>
/// The service's state in one SQLite file: a write-ahead log with synchronous=FULL, so that a saved change survives a crash of the
/// process and of the machine. One process at a time.
/// </summary>
internal sealed class SqliteJobStore : IJobStore, IDisposable
{
    private readonly string _file;
    private readonly SqliteConnection _connection;
    private readonly StateWriter _writer;

    private SqliteJobStore(string file, SqliteConnection connection)
    {
        _file = file;
        _connection = connection;
        _writer = new StateWriter(connection);
    }

    public static SqliteJobStore Open(string file)
    {
        SqliteConnectionStringBuilder settings =
            new() { DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 2 };
        SqliteConnection connection = new(settings.ConnectionString);
        try
        {
            connection.Open();
            // Locked from the first read on: two clouds on one file would overwrite each other's changes.
            Execute(connection, "PRAGMA locking_mode = EXCLUSIVE");
            CheckHeader(connection, file);
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            Migrate(connection);

            CheckIntegrity(connection, file);
            return new SqliteJobStore(file, connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw MessageFor(file, e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public IEnumerable<StateChange> Load()
    {
        try
        {
            return StateReader.ReadAll(_connection);
        }
        catch (SqliteException e)
        {
            throw MessageFor(_file, e);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidCastException)
        {
            throw new StoreException($"{_file} is damaged: {e.Message}; restore a backup, or move it away to start empty", e);
        }
    }

    public void Save(IReadOnlyList<StateChange> changes)
    {
        try
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            foreach (StateChange change in changes)
            {
                _writer.Write(change, transaction);
            }

            transaction.Commit();
        }
        catch (SqliteException e)
        {
            throw MessageFor(_file, e);
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _connection.Dispose();
    }

    private static void CheckHeader(SqliteConnection connection, string file)
    {
        long owner = Scalar(connection, "PRAGMA application_id");
        long version = Scalar(connection, "PRAGMA user_version");
        long tables = Scalar(connection, "SELECT count(*) FROM sqlite_master");
        if (owner != Schema.ApplicationId && (owner != 0 || version != 0 || tables != 0))
        {
            throw new StoreException($"{file} is the database of another program; choose another data directory");
        }

        if (version > Schema.Version)
        {
            throw new StoreException(
                $"{file} was written by a newer version (schema {version}; this version supports {Schema.Version}); use that version, or "
                + "another data directory");
        }
    }

    // From an empty file, or from an older version: completely or not at all.
    private static void Migrate(SqliteConnection connection)
    {
        long version = Scalar(connection, "PRAGMA user_version");
        if (version == Schema.Version)
        {
            return;
        }

        using SqliteTransaction transaction = connection.BeginTransaction();
        if (version == 0)
        {
            Execute(connection, Schema.Create);
            Execute(connection, $"PRAGMA application_id = {Schema.ApplicationId.ToString(CultureInfo.InvariantCulture)}");
            version = 1;
        }

        for (; version < Schema.Version; version++)
        {
            Execute(connection, Schema.Migrations[version - 1]);
        }

        Execute(connection, $"PRAGMA user_version = {Schema.Version.ToString(CultureInfo.InvariantCulture)}");
        transaction.Commit();
    }

    private static void CheckIntegrity(SqliteConnection connection, string file)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is string result && result != "ok")
        {
            throw new StoreException($"{file} is damaged: {result}; restore a backup, or move it away to start empty");
        }
    }

    private static StoreException MessageFor(string file, SqliteException e) => new(e.SqliteErrorCode switch
    {
        5 or 6 => $"{file} is in use: another edgejobs-cloud runs on this data directory; stop it, or choose another directory",
        8 or 14 => $"{file} can't be written: {e.Message}; check the permissions of the directory and the file",
        10 => $"{file} can't be read or written: {e.Message}; check the disk",
        11 => $"{file} is damaged: {e.Message}; restore a backup, or move it away to start empty",
        13 => $"{file} can't grow: the disk is full",
        26 => $"{file} is not a database; move it away to start empty",
        _ => $"{file}: {e.Message}",
    }, e);

    private static long Scalar(SqliteConnection connection, string query)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The queries are the constants above.
        command.CommandText = query;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string statement)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the constants above.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
