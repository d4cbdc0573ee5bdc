namespace EdgeJobs.LocalCloud.Storage;

/// <summary>The tables. Times are milliseconds since 1970, documents and maps are JSON text.</summary>
internal static class Schema
{
    /// <summary>The application id in SQLite's header: "EJLC".</summary>
    public const int ApplicationId = 0x454A4C43;

    public static int Version => 1 + Migrations.Length;

    /// <summary>Creates version 1 in an empty file; <see cref="Migrations"/> add the rest.</summary>
    public const string Create = """
        CREATE TABLE thing (
            name TEXT PRIMARY KEY,
            id TEXT NOT NULL,
            type_name TEXT,
            attributes TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE thing_group (
            name TEXT PRIMARY KEY,
            id TEXT NOT NULL,
            members TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE job (
            id TEXT PRIMARY KEY,
            sequence INTEGER NOT NULL,
            document BLOB NOT NULL,
            targets TEXT NOT NULL,
            description TEXT,
            target_selection TEXT NOT NULL,
            timeout_minutes INTEGER,
            status TEXT NOT NULL,
            force_canceled INTEGER NOT NULL,
            reason_code TEXT,
            comment TEXT,
            created_at INTEGER NOT NULL,
            last_updated_at INTEGER NOT NULL,
            completed_at INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE execution (
            thing_name TEXT NOT NULL,
            job_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            status TEXT NOT NULL,
            status_details TEXT NOT NULL,
            queued_at INTEGER NOT NULL,
            started_at INTEGER,
            last_updated_at INTEGER NOT NULL,
            version INTEGER NOT NULL,
            force_canceled INTEGER NOT NULL,
            in_progress_deadline INTEGER,
            step_deadline INTEGER,
            PRIMARY KEY (thing_name, job_id, number)
        ) WITHOUT ROWID;
        """;

    /// <summary>Element N upgrades version N+1 to N+2. Published statements never change.</summary>
    public static readonly string[] Migrations =
    [
        """
        CREATE TABLE certificate (
            id TEXT PRIMARY KEY,
            pem TEXT NOT NULL,
            status TEXT NOT NULL,
            policies TEXT NOT NULL,
            things TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            last_updated_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE policy (
            name TEXT PRIMARY KEY,
            default_version INTEGER NOT NULL,
            next_version INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE policy_version (
            policy_name TEXT NOT NULL,
            number INTEGER NOT NULL,
            document TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (policy_name, number)
        ) WITHOUT ROWID;
        ALTER TABLE thing_group ADD COLUMN policies TEXT NOT NULL DEFAULT '[]';
        """,
        """
        ALTER TABLE certificate ADD COLUMN token_hash TEXT;
        CREATE TABLE provisioning_template (
            name TEXT PRIMARY KEY,
            description TEXT,
            body TEXT NOT NULL,
            is_enabled INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        """,
        """
        ALTER TABLE job ADD COLUMN url_seconds INTEGER;
        """,
    ];
}
