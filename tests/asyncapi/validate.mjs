// Checks AsyncAPI documents with the official parser.
//
//   node validate.mjs DOCUMENT.json...
//
// One line per finding: severity, FILE:LINE:COLUMN (from 1), rule, message. Exit code: 0 no error in any document,
// 1 an error, 2 a document that cannot be read or no document named. Findings below an error are printed only.

import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';

const Severities = ['error', 'warning', 'information', 'hint'];

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: node validate.mjs DOCUMENT.json...');
  process.exit(2);
}

const parser = new Parser();
let errors = 0;
for (const file of files) {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    console.error(`${file}: cannot be read: ${error.message}`);
    process.exit(2);
  }

  const { document, diagnostics } = await parser.parse(text, { source: file });
  for (const { severity, range, code, message } of diagnostics) {
    const name = Severities[severity] ?? severity;
    console.log(`${name} ${file}:${range.start.line + 1}:${range.start.character + 1} ${code}: ${message}`);
  }

  const failed = diagnostics.filter(({ severity }) => severity === 0).length;
  if (failed === 0 && document === undefined) {
    console.log(`error ${file}:1:1 no-document: the parser returned no document`);
    errors++;
  }

  errors += failed;
  if (failed === 0 && document !== undefined) {
    console.log(
      `ok ${file}: AsyncAPI ${document.version()}, ` +
        `${document.channels().length} channels, ${document.operations().length} operations`);
  }
}

process.exit(errors === 0 ? 0 : 1);
