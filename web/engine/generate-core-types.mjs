// Writes the types and options of the compiled core as TypeScript:
//   node web/engine/generate-core-types.mjs MODULE.js MODULE.d.ts OUT.ts
// MODULE.js is the baseline build, whose describe() lists its options and events; MODULE.d.ts holds Emscripten's
// declarations of its classes and functions (--emit-tsd). CMake runs this after it has linked the baseline build.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const TYPES = {
  int: 'number',
  float: 'number',
  bool: 'boolean',
  string: 'string',
  strings: 'readonly string[]',
  bytes: 'Uint8Array',
};

/** A field's type in TypeScript; a type that is not in TYPES is the name of another struct, as in "SampleBytes[]". */
function typeOf({ type, choices }) {
  return type === 'choice' ? choices.map((choice) => `'${choice}'`).join(' | ') : (TYPES[type] ?? type);
}

function structSource(name, fields) {
  const lines = fields.map((field) => `  ${field.name}: ${typeOf(field)};`);
  return [`export interface ${name} {`, ...lines, '}'].join('\n');
}

/** The lines between the braces of each interface of a declaration file, by the interface's name. */
function interfacesOf(declarations) {
  const found = declarations.matchAll(/^(?:export )?interface (\w+)[^{\n]*\{\n([\s\S]*?)^\}/gm);
  return new Map(
    Array.from(found, ([, name, body]) => [name, body.split('\n').filter((line) => line.trim() !== '')]),
  );
}

/** Emscripten's declarations are loose about strings and about lists of our structs. */
function tightened(line, classes, structs) {
  const exact = line
    .replaceAll('EmbindString', 'string')
    .replaceAll(' | null', '')
    .replace(/\{([^}]*)\}\[\]/g, (whole, fields) => `${structWith(fieldNames(fields), structs) ?? whole}[]`);
  return classes.reduce(
    (text, name) => text.replaceAll(new RegExp(`\\b${name}\\b(?!\\()`, 'g'), `Core${name}`),
    exact,
  );
}

function fieldNames(fields) {
  return fields.split(',').map((field) => field.split(':')[0].trim());
}

function structWith(names, structs) {
  return Object.keys(structs).find(
    (struct) => structs[struct].map(({ name }) => name).join() === names.join(),
  );
}

function coreTypes({ options, events }, declarations) {
  const structs = { ...options, ...events };
  const interfaces = interfacesOf(declarations);
  const functions = interfaces.get('EmbindModule').filter((line) => line.includes('('));
  const classes = [...interfaces.keys()].filter((name) => /^[A-Z]/.test(name) && !NOT_CLASSES.has(name));
  const handles = classes.map((name) => {
    const methods = interfaces.get(name).filter((line) => !line.includes(' delete('));
    return [
      `export interface Core${name} extends CoreHandle {`,
      ...methods.map((line) => tightened(line, classes, structs)),
      '}',
    ].join('\n');
  });
  return [
    '// Made by generate-core-types.mjs from the compiled core; changes belong in C++.',
    `export const CORE_OPTIONS = ${JSON.stringify(options, null, 2)} as const;`,
    ...Object.entries(structs).map(([name, fields]) => structSource(name, fields)),
    '/** An object in WASM memory, which delete() frees. */\nexport interface CoreHandle {\n  delete(): void;\n}',
    ...handles,
    [
      '/** The compiled core. Every function may throw an Error whose message is a sentence. */',
      'export interface CoreModule {',
      ...functions.map((line) => tightened(line, classes, structs)),
      '  /** Emscripten’s own, in builds with threads. */',
      '  PThread?: { terminateAllThreads(): void };',
      '}',
    ].join('\n'),
    '',
  ].join('\n\n');
}

const NOT_CLASSES = new Set(['WasmModule', 'EmbindModule', 'ClassHandle']);

const [modulePath, declarationsPath, outPath] = process.argv.slice(2);
if (outPath === undefined)
  throw new Error('Usage: node generate-core-types.mjs MODULE.js MODULE.d.ts OUT.ts');
const { default: createModule } = await import(pathToFileURL(path.resolve(modulePath)).href);
const core = await createModule({ poolSize: 0 });
const source = coreTypes(JSON.parse(core.describe()), fs.readFileSync(declarationsPath, 'utf8'));
fs.mkdirSync(path.dirname(outPath), { recursive: true });
fs.writeFileSync(outPath, source);
