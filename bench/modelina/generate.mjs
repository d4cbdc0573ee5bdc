// Writes the C# models that modelina makes of an AsyncAPI document.
//
//   node generate.mjs DOCUMENT DIRECTORY NAMESPACE

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { CSharpGenerator, CSHARP_JSON_SERIALIZER_PRESET } from '@asyncapi/modelina';
import { Parser } from '@asyncapi/parser';

const [document, directory, namespace] = process.argv.slice(2);
const { document: parsed, diagnostics } = await new Parser().parse(await readFile(document, 'utf8'), { source: document });
if (parsed === undefined) {
  console.error(diagnostics.map(({ message }) => message).join('\n'));
  process.exit(1);
}

const generator = new CSharpGenerator({ collectionType: 'List', autoImplementedProperties: false, presets: [CSHARP_JSON_SERIALIZER_PRESET] });
const models = await generator.generateCompleteModels(parsed, { namespace });
await mkdir(directory, { recursive: true });
for (const { modelName, result } of models) {
  await writeFile(`${directory}/${modelName}.cs`, result);
}

console.log(models.map(({ modelName }) => modelName).join(' '));
