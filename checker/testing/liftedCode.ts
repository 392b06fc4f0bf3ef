import type { KernelTree } from '../../models/c/intake/tree.js';
import type { LiftResult } from '../../models/c/lift/liftProgram.js';
import { liftProgram } from '../../models/c/lift/liftProgram.js';
import type { Vocabulary } from '../../models/c/lift/vocabulary.js';
import { defaultConfiguration } from '../../models/c/syntax/configuration.js';
import { run, set } from '../../models/program/build.js';
import { printCType } from '../../models/program/cType.js';
import { boxPrefix } from '../../models/program/lowerFunction.js';
import { headerShared } from '../system/header.js';
import { Interpreter } from '../system/interpreter.js';
import { link } from '../system/link.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { integer, payloadOf, tagInteger, tagOf } from '../system/word.js';
import { toyFn, toySystem } from './toySystem.js';

const file = 'drivers/toy/toy.c';

/** Numbers that one call may pass to `trace()`. */
const traceLength = 48;

/** What one call of a lifted function came to. Numbers are residues; see `intArithmetic.ts`. */
export type LiftedOutcome =
  | { readonly kind: 'value'; readonly value: number; readonly trace: readonly number[] }
  /** The run left what the model represents. */
  | { readonly kind: 'limit'; readonly what: string }
  | { readonly kind: 'violation'; readonly title: string };

/** C without models: all that it calls is in the file, but `void trace(int)`, which notes a number. */
const bareVocabulary: Vocabulary = {
  kernel: new Map(),
  environment: new Map([
    [
      'trace',
      toyFn(
        'void trace(int value)',
        ['int at'],
        [set('at', 'world.traced'), set('world.trace[at]', 'value'), set('world.traced', 'at + 1')],
      ),
    ],
  ]),
  structType: () => undefined,
  constants: {},
  globals: {},
  thisModule: 'toy_module',
};

/** A tree of files that are written in a test. */
function treeOfTexts(files: Readonly<Record<string, string>>): KernelTree {
  return {
    name: 'a test',
    version: '6.12.117',
    read: (path) => files[path] ?? null,
    blobId: () => null,
    list: () => [],
  };
}

/** Lifts one file of C that is its own world. */
export function liftText(text: string): LiftResult {
  return liftProgram({
    tree: treeOfTexts({ [file]: text }),
    files: [file],
    vocabulary: bareVocabulary,
    configuration: defaultConfiguration(),
  });
}

/** Memory for address-taken and aggregate locals: this many of each type at once. */
function capacities(lifted: LiftResult): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { definition } of lifted.functions)
    for (const { type } of [...definition.parameters, ...definition.locals])
      found[type.kind === 'struct' ? type.tag : `${boxPrefix}${printCType(type)}`] = 9;
  return found;
}

/** A function of a lifted file, to be called with integers again and again; by the reference interpreter, if not told otherwise. */
export function liftedFunction(
  lifted: LiftResult,
  name: string,
  machine: (system: LinkedSystem) => Interpreter = (system) => new Interpreter(system, new Set()),
): (args: readonly number[]) => LiftedOutcome {
  const definition = lifted.functions.find((fn) => fn.definition.name === name)!.definition;
  const fields = definition.parameters.map((_, index) => `argument${index}`);
  const call = `${name}(${fields.map((field) => `world.${field}`).join(', ')})`;
  const { revision, scenario } = toySystem({
    types: {
      world: {
        ...Object.fromEntries(fields.map((field) => [field, 'int'])),
        result: 'int',
        traced: 'int',
        trace: `int[${traceLength}]`,
      },
    },
    functions: [...lifted.functions.map((fn) => fn.definition), bareVocabulary.environment.get('trace')!],
    tables: lifted.tables,
    threads: { caller: [definition.returns.kind === 'void' ? run(call) : set('world.result', call)] },
    capacities: { STACK: 1000, ...capacities(lifted) },
  });
  const types = new Map([...revision.types, ...lifted.types.map((type) => [type.tag, type] as const)]);
  const { globals, initialValues } = lifted;
  const system = link({ ...revision, types, globals, initialValues }, scenario);
  const interpreter = machine(system);
  const initial = interpreter.initialState();
  // There is one thread: nothing is shared.
  for (const { header, static: isStatic } of system.objects)
    if (isStatic) initial[header] = integer(payloadOf(initial[header]!) & ~headerShared);
  const world = system.objects.find((object) => object.name === 'world')!;
  const at = (field: string) => world.header + 1 + (world.layout.fields.get(field)?.offset ?? NaN);
  return (args) => {
    const { words } = interpreter;
    words.set(initial);
    interpreter.limits.clear();
    args.forEach((value, index) => {
      const address = at(fields[index]!);
      if (!Number.isNaN(address)) words[address] = integer(value);
    });
    interpreter.forceChoices([]);
    while (!interpreter.isFinished(0)) {
      const status = interpreter.step(0);
      const [broken] = interpreter.violations;
      if (broken) return { kind: 'violation', title: broken.title };
      if (status !== 'done') return { kind: 'limit', what: interpreter.limit };
    }
    for (const what of interpreter.limits) return { kind: 'limit', what };
    const result = definition.returns.kind === 'void' ? 0 : words[at('result')]!;
    if (tagOf(result) !== tagInteger) return { kind: 'limit', what: 'the result is no number that is tracked' };
    const traced = Number.isNaN(at('traced')) ? 0 : payloadOf(words[at('traced')]!);
    const trace = Array.from(words.subarray(at('trace'), at('trace') + traced), payloadOf);
    return { kind: 'value', value: payloadOf(result), trace };
  };
}
