// Writes the C# models that modelina makes of an AsyncAPI document.
//
//   node generate.mjs DOCUMENT DIRECTORY NAMESPACE
//
// With the options that give the best code for System.Text.Json: handleNullable avoids warnings, and without members for unknown
// content there are fewer of them and less code. autoImplementedProperties and enforceRequired do not compile: the first writes
// "public const string Kind { get; }", and with the second the converters create objects without their required members.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { CSharpGenerator, CSHARP_JSON_SERIALIZER_PRESET } from '@asyncapi/modelina';
import { Parser } from '@asyncapi/parser';

const [document, directory, namespace] = process.argv.slice(2);
const { document: parsed, diagnostics } = await new Parser().parse(await readFile(document, 'utf8'), { source: document });
if (parsed === undefined) {
  console.error(diagnostics.map(({ message }) => message).join('\n'));
  process.exit(1);
}

const generator = new CSharpGenerator({
  collectionType: 'List',
  handleNullable: true,
  presets: [CSHARP_JSON_SERIALIZER_PRESET],
  processorOptions: { interpreter: { ignoreAdditionalProperties: true } },
});
await mkdir(directory, { recursive: true });
for (const { modelName, result } of await generator.generateCompleteModels(parsed, { namespace })) {
  // A model without a name is not a type: a list, a map or a choice.
  if (modelName !== '') {
    await writeFile(`${directory}/${modelName}.cs`, result);
  }
}
