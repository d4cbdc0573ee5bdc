// Compares the C# that modelina and EdgeJobs.Generators make of the documents in documents.json.
//
//   npm install --prefix bench/modelina --ignore-scripts --no-package-lock
//   node bench/modelina/compare.mjs [--verbose] [DOCUMENT ...]
//
// For each document and generator it writes a program (Program.cs.txt) that reads and writes the types that both generate, publishes
// it with NativeAOT, runs it natively and on the JIT, and prints a row. --verbose also lists the warnings by number, the constraints
// that the code does not keep, and what a program that fails says.

import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const bench = path.dirname(new URL(import.meta.url).pathname);
const root = path.resolve(bench, '../..');
const corpus = path.join(root, 'tests/EdgeJobs.Generators.Tests/Corpus');
const work = path.join(root, 'artifacts/modelina');
const program = await readFile(path.join(bench, 'Program.cs.txt'), 'utf8');
const arguments_ = process.argv.slice(2);
const verbose = arguments_.includes('--verbose');
const wanted = arguments_.filter((argument) => !argument.startsWith('--'));

const codec = (types, usings, members, read, copy) => `
#nullable enable
using System;
${usings}

static class Codec
{
    public const string First = "${types[0]}";
${members}
    public static bool Read(byte[] json) => ${read(types[0])};

    public static byte[]? Copy(string type, byte[] json)
    {
        switch (type)
        {
${types.map((type) => `            case "${type}": return ${copy(type)};`).join('\n')}
            default: return null;
        }
    }
}
`;

/** The types that the models of modelina read, in the form that typeof accepts. */
function serialized(models) {
  const types = new Set(['object', 'string']);
  for (const model of models) {
    for (const [, type] of model.matchAll(/(?:Deserialize<|partial class )([\w.<>?, ]+?)(?:>\(|\s*$)/gm)) {
      const known = type.replaceAll('dynamic', 'object');
      types.add(/^(?:int|long|float|double|bool|System\.\w+)\?$/.test(known) ? known : known.replace(/\?$/, ''));
    }
  }

  return types;
}

const generators = {
  modelina: {
    properties: '',
    items: () => '',
    // Without metadata for every type that the converters name, which is written here as a user would by hand, the native program
    // throws. The generated Deserialize(string) is slower than this: it creates new options for each call.
    codec: (types, models) => codec(
      types,
      'using System.Text.Json;\nusing System.Text.Json.Serialization;',
      '    private static readonly JsonSerializerOptions Options = new() { TypeInfoResolver = Models.Context.Default };\n',
      (type) => `JsonSerializer.Deserialize<Models.${type}>(json, Options) is not null`,
      (type) => `JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize<Models.${type}>(json, Options), Options)`) + `
namespace Models
{
    using System.Collections.Generic;
${[...serialized(models)].map((type) => `    [JsonSerializable(typeof(${type}))]`).join('\n')}
    internal sealed partial class Context : JsonSerializerContext;
}
`,
    async write(directory, document) {
      const models = path.join(directory, 'models');
      execFileSync('node', [path.join(bench, 'generate.mjs'), document, models, 'Models'], { stdio: 'pipe' });
      return Promise.all((await readdir(models)).map((file) => readFile(path.join(models, file), 'utf8')));
    },
  },
  EdgeJobs: {
    properties: '<EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>',
    items: (spec) => `
    <ProjectReference Include="${root}/src/EdgeJobs.Protocol/EdgeJobs.Protocol.csproj" />
    <ProjectReference Include="${root}/generators/EdgeJobs.Generators/EdgeJobs.Generators.csproj"
      OutputItemType="Analyzer" ReferenceOutputAssembly="false" />
    <CompilerVisibleItemMetadata Include="AdditionalFiles" MetadataName="Namespace" />
    <AdditionalFiles Include="${spec}" Namespace="Models" />`,
    codec: (types) => codec(
      types,
      'using EdgeJobs.Protocol;',
      '',
      (type) => `Models.${type}.TryRead(json, out Models.${type}? message, out _) && message.TryValidate(out _)`,
      (type) => `Models.${type}.TryRead(json, out Models.${type}? m${type}, out _)`
        + ` && m${type}.TryValidate(out _) ? m${type}.ToUtf8Bytes() : null`),
    async write(directory, document, spec) {
      await cp(document, path.join(directory, spec));
    },
  },
};

const project = (properties, items) => `
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <PublishAot>true</PublishAot>
    <IsAotCompatible>true</IsAotCompatible>
    <OptimizationPreference>Size</OptimizationPreference>
    <InvariantGlobalization>true</InvariantGlobalization>
    <TrimmerSingleWarn>false</TrimmerSingleWarn>
    ${properties}
  </PropertyGroup>
  <ItemGroup>${items}</ItemGroup>
</Project>
`;

async function measure(name, directory, payloads, chosen, names) {
  const options = ['-c', 'Release', '--nologo', '-v', 'q'];
  const published = spawnSync(
    'dotnet', ['publish', directory, ...options, '-r', 'linux-x64', '-o', path.join(directory, 'native')], { encoding: 'utf8' });
  if (published.status !== 0) {
    return `${published.stdout.split('\n').find((line) => line.includes('error')) ?? 'does not compile'} | | | | | | |`;
  }

  // Of the compiler, of the analyzers while it runs, and of the native compiler; each once for a line of a model.
  const lines = new Set(published.stdout.split('\n')
    .map((line) => /^\s*(\S+\.cs\(\d+)(?:,\d+)?\): .*warning ((?:CS|IL)\d+): /.exec(line))
    .filter((match) => match !== null && !/\/(?:Program|Codec)\.cs\(/.test(match[1]))
    .map(([, place, id]) => `${id} ${path.basename(place)}`));
  if (verbose) {
    const counts = {};
    lines.forEach((line) => { counts[line.slice(0, 6)] = (counts[line.slice(0, 6)] ?? 0) + 1; });
    console.error(name, 'warnings', counts);
  }

  const executable = path.join(directory, 'native/compare');
  const size = ((await stat(executable)).size / 1e6).toFixed(2);
  const native = run(executable);

  // The same program on the JIT, without a second build.
  const jitDirectory = path.join(directory, 'jit');
  await cp(path.join(directory, 'bin/Release/net10.0/linux-x64'), jitDirectory, { recursive: true });
  await rm(path.join(jitDirectory, 'compare.deps.json'));
  await writeFile(path.join(jitDirectory, 'compare.runtimeconfig.json'), JSON.stringify({
    runtimeOptions: { tfm: 'net10.0', framework: { name: 'Microsoft.NETCore.App', version: '10.0.0' } },
  }));
  const jit = run('dotnet', path.join(jitDirectory, 'compare.dll'));
  return `${lines.size} | ${jit.kept} of ${names.length} | ${jit.result} | ${native.result} | ${size} MB | `
    + `${jit.time} | ${native.time} | ${jit.bytes}`;

  function run(command, ...before) {
    const { status, stdout, stderr } = spawnSync(command, [...before, ...payloads], { encoding: 'utf8' });
    if (status !== 0) {
      if (verbose) {
        console.error(name, stderr.split('\n').slice(0, 12).join('\n'));
      }

      return { result: /(\w+Exception)/.exec(stderr)?.[1] ?? `status ${status}`, kept: '?', time: '', bytes: '' };
    }

    const [copy, figures] = stdout.trim().split('\n');
    const [marks, nanoseconds, bytes] = figures.split(' ');
    if (verbose) {
      console.error(name, 'does not keep:', names.filter((_, i) => marks[i] === '0'));
    }

    return {
      result: copy.startsWith('{') && isDeepStrictEqual(JSON.parse(copy), chosen.valid) ? 'equal' : `\`${copy}\``,
      kept: [...marks].filter((mark) => mark === '1').length,
      time: `${nanoseconds} ns`,
      bytes: `${bytes} B`,
    };
  }
}

await rm(work, { recursive: true, force: true });
await mkdir(work, { recursive: true });
await writeFile(path.join(work, 'Directory.Build.props'), '<Project />');
await writeFile(path.join(work, 'Directory.Packages.props'), '<Project />');
console.log(`${os.cpus()[0].model}, ${os.cpus().length} processors; ${execFileSync('dotnet', ['--version'], { encoding: 'utf8' }).trim()}; `
  + `modelina ${JSON.parse(await readFile(path.join(bench, 'node_modules/@asyncapi/modelina/package.json'), 'utf8')).version}; `
  + new Date().toISOString().slice(0, 10));
console.log(`
| document | generator | warnings | constraints kept | copy, JIT | copy, native | size | decode, JIT | decode, native | allocated |
|---|---|---:|---:|---|---|---:|---:|---:|---:|`);
for (const [file, chosen] of Object.entries(JSON.parse(await readFile(path.join(bench, 'documents.json'), 'utf8')))) {
  if (wanted.length > 0 && !wanted.includes(file)) {
    continue;
  }

  const base = path.join(work, path.parse(file).name);
  const payloads = [path.join(base, 'valid.json'), path.join(base, 'invalid.jsonl')];
  const spec = path.parse(file).name + '.topics' + path.parse(file).ext;
  await mkdir(base, { recursive: true });
  await writeFile(payloads[0], JSON.stringify(chosen.valid));
  await writeFile(payloads[1], Object.values(chosen.constraints).map((payload) => JSON.stringify(payload)).join('\n'));
  for (const [name, generator] of Object.entries(generators)) {
    const directory = path.join(base, name);
    await mkdir(directory);
    const models = await generator.write(directory, path.join(corpus, file), spec);
    await writeFile(path.join(directory, 'Program.cs'), program);
    const types = chosen.types.map((pair) => pair[name === 'EdgeJobs' ? 0 : 1]);
    await writeFile(path.join(directory, 'Codec.cs'), generator.codec(types, models));
    await writeFile(path.join(directory, 'compare.csproj'), project(generator.properties, generator.items(spec)));
    console.log(`| ${file} | ${name} | ${await measure(name, directory, payloads, chosen, Object.keys(chosen.constraints))} |`);
  }
}
