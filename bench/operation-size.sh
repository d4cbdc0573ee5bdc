#!/usr/bin/env bash
# Measures what one more operation with its models costs in a native binary.
#
#   bench/operation-size.sh [--operations N] [--rid linux-x64|linux-arm64]
#
# Publishes a small program twice with NativeAOT, with the settings of the agent and stripped: with one operation and with N
# more (default: 10). Each has the shape of DescribeJobExecution and its own types: request, accepted, rejected, two nested
# objects and two enums. The program sends each one and reads both replies, so that the trimmer keeps them. Prints the sizes and
# the difference per operation.
set -euo pipefail

usage() {
  echo "usage: $0 [--operations N] [--rid linux-x64|linux-arm64]" >&2
  exit 2
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
more=10
rid=linux-x64
while (( $# > 0 )); do
  case $1 in
    --operations) more=${2:?"--operations needs a number"}; shift 2 ;;
    --rid) rid=${2:?"--rid needs a value: linux-x64 or linux-arm64"}; shift 2 ;;
    *) usage ;;
  esac
done
[[ $more =~ ^[1-9][0-9]*$ ]] || usage
options=()
[[ $rid != linux-arm64 || $(uname -m) == aarch64 ]] || options+=(-p:ObjCopyName=aarch64-linux-gnu-objcopy)

"$root/eng/packages.sh" clang:clang lld:ld.lld libc6-dev

# each TEMPLATE COUNT SEPARATOR: the template for 1 to COUNT, with its number in place of @N@.
each() {
  local number
  for (( number = 1; number <= $2; number++ )); do
    (( number == 1 )) || printf '%s' "$3"
    printf '%s' "${1//@N@/$number}"
  done
}

channel='
  "describe@N@": { "address": "things/{thing}/jobs@N@/{job}/get", "description": "Asks for job @N@.", "parameters": {"thing": {"$ref": "#/components/parameters/thing"}, "job": {"$ref": "#/components/parameters/job"}}, "messages": { "m": {"$ref": "#/components/messages/Describe@N@Request"} } },
  "describe@N@Accepted": { "address": "things/{thing}/jobs@N@/{job}/get/accepted", "description": "Job @N@.", "parameters": {"thing": {"$ref": "#/components/parameters/thing"}, "job": {"$ref": "#/components/parameters/job"}}, "messages": { "m": {"$ref": "#/components/messages/Describe@N@Response"} } },
  "describe@N@Rejected": { "address": "things/{thing}/jobs@N@/{job}/get/rejected", "description": "Why not.", "parameters": {"thing": {"$ref": "#/components/parameters/thing"}, "job": {"$ref": "#/components/parameters/job"}}, "messages": { "m": {"$ref": "#/components/messages/Describe@N@Refusal"} } }'
operation='
  "describe@N@": { "action": "send", "description": "Describes job @N@.", "channel": {"$ref": "#/channels/describe@N@"}, "bindings": { "mqtt": { "qos": 1 } },
    "reply": { "channel": {"$ref": "#/channels/describe@N@Accepted"}, "x-rejected": { "channel": {"$ref": "#/channels/describe@N@Rejected"} } } }'
message='
  "Describe@N@Request": { "correlationId": { "location": "$message.payload#/clientToken" }, "payload": {"$ref": "#/components/schemas/Describe@N@Request"} },
  "Describe@N@Response": { "correlationId": { "location": "$message.payload#/clientToken" }, "payload": {"$ref": "#/components/schemas/Describe@N@Response"} },
  "Describe@N@Refusal": { "correlationId": { "location": "$message.payload#/clientToken" }, "payload": {"$ref": "#/components/schemas/Describe@N@Refusal"} }'
schema='
  "Describe@N@Request": { "type": "object", "properties": {
    "clientToken": { "type": "string", "minLength": 1, "maxLength": 64 }, "executionNumber": { "type": "integer", "format": "int64" }, "includeJobDocument": { "type": "boolean" } } },
  "Describe@N@Response": { "type": "object", "properties": {
    "clientToken": { "type": "string", "minLength": 1, "maxLength": 64 }, "timestamp": { "type": "integer", "format": "epoch-seconds", "minimum": 0 }, "execution": {"$ref": "#/components/schemas/Execution@N@"} } },
  "Execution@N@": { "type": "object", "properties": {
    "jobId": { "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-zA-Z0-9_-]+$" },
    "thingName": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[a-zA-Z0-9:_-]+$" },
    "status": {"$ref": "#/components/schemas/Status@N@"},
    "statusDetails": { "type": "object", "maxProperties": 10, "propertyNames": { "minLength": 1, "maxLength": 128, "pattern": "^[a-zA-Z0-9:_-]+$" },
      "additionalProperties": { "type": "string", "minLength": 1, "maxLength": 1024, "pattern": "^[^\\p{C}]+$" } },
    "queuedAt": { "type": "integer", "format": "epoch-seconds", "minimum": 0 }, "startedAt": { "type": "integer", "format": "epoch-seconds", "minimum": 0 },
    "lastUpdatedAt": { "type": "integer", "format": "epoch-seconds", "minimum": 0 }, "approximateSecondsBeforeTimedOut": { "type": "integer", "format": "int64" },
    "versionNumber": { "type": "integer", "format": "int64" }, "executionNumber": { "type": "integer", "format": "int64" },
    "jobDocument": { "type": "object", "additionalProperties": true, "x-maxBytes": 32768 } } },
  "Describe@N@Refusal": { "type": "object", "required": ["code"], "properties": {
    "clientToken": { "type": "string", "minLength": 1, "maxLength": 64 }, "timestamp": { "type": "integer", "format": "epoch-seconds", "minimum": 0 },
    "code": {"$ref": "#/components/schemas/Code@N@"}, "message": { "type": "string" }, "state": {"$ref": "#/components/schemas/State@N@"} } },
  "State@N@": { "type": "object", "properties": { "status": {"$ref": "#/components/schemas/Status@N@"}, "versionNumber": { "type": "integer", "format": "int64" } } },
  "Status@N@": { "type": "string", "enum": ["QUEUED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "TIMED_OUT", "REJECTED", "REMOVED", "CANCELED"] },
  "Code@N@": { "type": "string", "enum": ["InvalidTopic", "InvalidJson", "InvalidRequest", "InvalidStateTransition", "ResourceNotFound", "VersionMismatch", "InternalError", "RequestThrottled", "TerminalStateReached"] }'
call='
    Reply<Describe@N@Response, Describe@N@Refusal> reply@N@ = await client.RequestAsync(
        ThingsOperations.Describe@N@, ThingsTopics.Describe@N@(args[0], args[1]), new Describe@N@Request { ExecutionNumber = args.Length, IncludeJobDocument = true }, default);
    if (reply@N@.Accepted?.Execution is { } execution@N@)
    {
        Console.WriteLine(execution@N@.JobId + execution@N@.Status?.ToWireString() + execution@N@.VersionNumber + execution@N@.StatusDetails?.Count + execution@N@.JobDocument);
    }

    Console.WriteLine(reply@N@.Rejected?.Code.ToWireString() + reply@N@.Rejected?.State?.VersionNumber + reply@N@.Reason);'

# publish COUNT: leaves the size of the program with so many operations in $bytes.
publish() {
  local directory=$root/artifacts/operation-size/$1
  rm -rf "$directory"
  mkdir -p "$directory"
  cat > "$directory/topics.json" << SPEC
{ "asyncapi": "3.0.0", "info": { "title": "Things", "version": "1.0.0" }, "defaultContentType": "application/json",
"channels": { $(each "$channel" "$1" ,) },
"operations": { $(each "$operation" "$1" ,) },
"components": {
"messages": { $(each "$message" "$1" ,) },
"schemas": { $(each "$schema" "$1" ,) },
"parameters": {
  "thing": { "x-schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[a-zA-Z0-9:_-]+$" } },
  "job": { "x-schema": { "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-zA-Z0-9_-]+$" } } } } }
SPEC
  cat > "$directory/Program.cs" << PROGRAM
using EdgeJobs.Client;
using Microsoft.Extensions.Logging.Abstractions;
using OperationSize;

// A broker that answers each request with what the command line says.
RequestClient? answered = null;
RequestClient client = new(
    ThingsSpec.Instance,
    (topic, payload, _, _) =>
    {
        answered!.TryAccept(topic + args[2], payload, default, out int _);
        return default;
    },
    TimeSpan.FromSeconds(1),
    TimeProvider.System,
    new Random(),
    NullLogger.Instance);
answered = client;
$(each "$call" "$1" '
')
PROGRAM
  cat > "$directory/OperationSize.csproj" << PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <RootNamespace>OperationSize</RootNamespace>
    <GenerateDocumentationFile>false</GenerateDocumentationFile>
    <EnforceCodeStyleInBuild>false</EnforceCodeStyleInBuild>
    <RunAnalyzers>false</RunAnalyzers>
    <PublishAot>true</PublishAot>
    <OptimizationPreference>Size</OptimizationPreference>
    <EventSourceSupport>false</EventSourceSupport>
    <ConcurrentGarbageCollection>false</ConcurrentGarbageCollection>
    <StripSymbols>true</StripSymbols>
  </PropertyGroup>
  <ItemGroup>
    <ProjectReference Include="$root/src/EdgeJobs.Client/EdgeJobs.Client.csproj" />
    <ProjectReference Include="$root/generators/EdgeJobs.Generators/EdgeJobs.Generators.csproj" OutputItemType="Analyzer" ReferenceOutputAssembly="false" />
    <AdditionalFiles Include="topics.json" />
  </ItemGroup>
</Project>
PROJECT
  if ! dotnet publish "$directory/OperationSize.csproj" --runtime "$rid" --configuration Release --output "$directory/out" \
    -nodeReuse:false -p:IlcTreatWarningsAsErrors=true -p:LinkerFlavor=lld "${options[@]}" < /dev/null > "$directory/publish.log" 2>&1; then
    cat "$directory/publish.log" >&2
    echo "error: publishing with $1 operations failed (see above)." >&2
    exit 1
  fi
  bytes=$(stat --format %s "$directory/out/OperationSize")
}

publish 1
one=$bytes
publish $(( 1 + more ))
printf '%s: %d bytes with 1 operation, %d with %d: %d bytes for each operation with its five objects and two enums\n' \
  "$rid" "$one" "$bytes" $(( 1 + more )) $(( (bytes - one) / more ))
