// Compares the C# that modelina and EdgeJobs.Generators make of the documents in documents.json.
//
//   npm install --prefix bench/modelina --ignore-scripts
//   node bench/modelina/compare.mjs [--no-aot]
//
// For each document and generator it writes a program that reads a payload, publishes it with NativeAOT and runs it on the JIT, and
// prints a row: warnings of the compiler and of the trim and AOT analyzers in the generated code, invalid payloads that are refused,
// whether the native program works, its size, and time and memory for one decoded payload.

import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

const bench = path.dirname(new URL(import.meta.url).pathname);
const root = path.resolve(bench, '../..');
const corpus = path.join(root, 'tests/EdgeJobs.Generators.Tests/Corpus');
const work = path.join(root, 'artifacts/modelina');
const aot = !process.argv.includes('--no-aot');

const program = (read) => `
#pragma warning disable
using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json;

byte[] valid = File.ReadAllBytes(args[0]);
if (!Decoder.Read(valid)) { Console.WriteLine("refuses the valid payload"); return 1; }
int refused = 0;
int count = 0;
foreach (string line in File.ReadAllLines(args[1]))
{
    count++;
    try { refused += Decoder.Read(System.Text.Encoding.UTF8.GetBytes(line)) ? 0 : 1; }
    catch (Exception) { refused++; }
}

double best = double.MaxValue;
long bytes = 0;
for (int round = 0; round < 12; round++)
{
    const int Times = 20_000;
    long before = GC.GetAllocatedBytesForCurrentThread();
    long start = Stopwatch.GetTimestamp();
    for (int i = 0; i < Times; i++) { Decoder.Read(valid); }
    best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Times);
    bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
}

Console.WriteLine(FormattableString.Invariant($"{refused} {count} {best:F0} {bytes}"));
return 0;

static class Decoder
{
    public static bool Read(byte[] json) => ${read};
}
`;

const project = (items) => `
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <PublishAot>true</PublishAot>
    <IsAotCompatible>true</IsAotCompatible>
    <InvariantGlobalization>true</InvariantGlobalization>
    <TreatWarningsAsErrors>false</TreatWarningsAsErrors>
    <NoWarn>$(NoWarn);CS1591</NoWarn>
    <TieredPGO>false</TieredPGO>
    <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
    <AnalysisLevel>none</AnalysisLevel>
  </PropertyGroup>
  <ItemGroup>${items}</ItemGroup>
</Project>
`;

async function measure(name, directory, documents) {
  const exe = path.join(directory, 'bin/Release/net10.0/compare.dll');
  const options = ['-c', 'Release', '--nologo', '-v', 'q'];
  const built = spawnSync('dotnet', ['build', directory, ...options, '--no-incremental'], { encoding: 'utf8' });
  const warnings = new Set([...built.stdout.matchAll(/^(\S+\.cs\(\d+,\d+\)): warning ((?:CS|IL)\d+)/gm)].map((m) => m[0]));
  if (built.status !== 0) {
    return { name, broken: built.stdout.split('\n').find((line) => line.includes('error')) ?? 'does not compile' };
  }

  const run = spawnSync('dotnet', [exe, ...documents], { encoding: 'utf8', env: { ...process.env, DOTNET_TieredCompilation: '0' } });
  const [refused, count, nanoseconds, bytes] = run.stdout.trim().split(' ');
  let size = '';
  let native = '';
  if (aot) {
    execFileSync('dotnet', ['publish', directory, ...options, '-r', 'linux-x64', '-o', path.join(directory, 'native')], { stdio: 'pipe' });
    size = ((await stat(path.join(directory, 'native/compare'))).size / 1e6).toFixed(2) + ' MB';
    const started = spawnSync(path.join(directory, 'native/compare'), documents, { encoding: 'utf8' });
    native = started.status === 0 ? 'works' : 'throws ' + (/(\w+Exception)/.exec(started.stderr)?.[1] ?? '');
  }

  return { name, warnings: warnings.size, refused: `${refused} of ${count}`, native, size, nanoseconds, bytes };
}

await rm(work, { recursive: true, force: true });
await mkdir(work, { recursive: true });
await writeFile(path.join(work, 'Directory.Build.props'), '<Project />');
await writeFile(path.join(work, 'Directory.Packages.props'), '<Project />');
console.log('| document | generator | warnings | invalid payloads refused | native program | size | decode | allocated |');
console.log('|---|---|---:|---:|---|---:|---:|---:|');
for (const [file, chosen] of Object.entries(JSON.parse(await readFile(path.join(bench, 'documents.json'), 'utf8')))) {
  const base = path.join(work, path.parse(file).name);
  const payloads = [path.join(base, 'valid.json'), path.join(base, 'invalid.jsonl')];
  const theirs = path.join(base, 'modelina');
  const ours = path.join(base, 'edgejobs');
  await mkdir(ours, { recursive: true });
  await mkdir(theirs, { recursive: true });
  await writeFile(payloads[0], JSON.stringify(chosen.valid));
  await writeFile(payloads[1], chosen.invalid.map((payload) => JSON.stringify(payload)).join('\n'));

  execFileSync('node', [path.join(bench, 'generate.mjs'), path.join(corpus, file), path.join(theirs, 'models'), 'Models'], { stdio: 'pipe' });
  await writeFile(path.join(theirs, 'Program.cs'), program(`JsonSerializer.Deserialize<Models.${chosen.modelina}>(json) is not null`));
  await writeFile(path.join(theirs, 'compare.csproj'), project(''));

  const spec = path.parse(file).name + '.topics' + path.parse(file).ext;
  await cp(path.join(corpus, file), path.join(ours, spec));
  await writeFile(
    path.join(ours, 'Program.cs'),
    program(`Models.${chosen.ours}.TryRead(json, out Models.${chosen.ours}? message, out _) && message.TryValidate(out _)`));
  await writeFile(path.join(ours, 'compare.csproj'), project(`
    <ProjectReference Include="${root}/src/EdgeJobs.Protocol/EdgeJobs.Protocol.csproj" />
    <ProjectReference Include="${root}/generators/EdgeJobs.Generators/EdgeJobs.Generators.csproj" OutputItemType="Analyzer" ReferenceOutputAssembly="false" />
    <CompilerVisibleItemMetadata Include="AdditionalFiles" MetadataName="Namespace" />
    <AdditionalFiles Include="${spec}" Namespace="Models" />`));

  for (const [name, directory] of [['modelina', theirs], ['EdgeJobs', ours]]) {
    const row = await measure(name, directory, payloads);
    console.log(row.broken !== undefined
      ? `| ${file} | ${name} | ${row.broken} | | | | | |`
      : `| ${file} | ${name} | ${row.warnings} | ${row.refused} | ${row.native} | ${row.size} | ${row.nanoseconds} ns | ${row.bytes} B |`);
  }
}
