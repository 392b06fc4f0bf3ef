import fc from 'fast-check';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import { fn, loop, run, set } from '../../models/program/build.js';
import type { Statement } from '../../models/program/statement.js';
import type { Revision } from '../../models/revisions/revision.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import type { ResolvedRevision } from '../system/link.js';
import { link } from '../system/link.js';
import type { LinkedSystem, SystemOptions } from '../system/linkedSystem.js';
import { defaultOptions } from '../system/linkedSystem.js';
import type { Act } from './generatedActs.js';
import {
  generatedFile,
  generatedHelpers,
  generatedLocals,
  generatedTables,
  generatedTypes,
  plainStatements,
  rightActs,
  wrongActs,
} from './generatedActs.js';

/** One thing that a thread does: an act, perhaps with one statement of it changed, or a single plain statement. */
export interface GeneratedPart {
  /** Of `rightActs`, `wrongActs` or `plainStatements`. */
  readonly name: string;
  readonly change: GeneratedChange | null;
}

/** A change of one statement of an act: left out, made twice, or changing places with the next one. */
export interface GeneratedChange {
  readonly how: 'drop' | 'twice' | 'swap';
  /** Number of the statement, those inside of others included, modulo how many there are. */
  readonly at: number;
}

/** A small closed system, as data: printed by fast-check, and linked by `linkGenerated`. */
export interface GeneratedSystem {
  /** What each thread does; two threads that do the same run the same function. */
  readonly threads: readonly (readonly GeneratedPart[])[];
  /** There is also a worker that waits for work for ever. */
  readonly worker: boolean;
  /** At most so many failures in a run; null for any number. */
  readonly faults: number | null;
}

/** What systems are made of: right acts alone, one of them changed, right and wrong ones, or anything. */
export type GeneratedMode = 'right' | 'changed' | 'wrong' | 'anything';

/** An upper bound for the product of the lengths of all threads, in statements: what does not fit is left out. */
const largestProduct = 2_000;

const acts: Readonly<Record<string, Act>> = { ...rightActs, ...wrongActs };
const unchanged = (name: string): GeneratedPart => ({ name, change: null });
const rightPart = fc.constantFrom(...Object.keys(rightActs)).map(unchanged);
const wrongPart = fc.constantFrom(...Object.keys(wrongActs)).map(unchanged);
const plainPart = fc.constantFrom(...Object.keys(plainStatements)).map(unchanged);
const changedPart = fc.record({
  name: fc.constantFrom(...Object.keys(rightActs)),
  change: fc.record({ how: fc.constantFrom('drop', 'twice', 'swap'), at: fc.nat({ max: 20 }) }),
});

/** Systems of one mode: two to four threads, some of them twins. Deterministic from fast-check's seed, and shrinks. */
export function generatedSystems(mode: GeneratedMode): fc.Arbitrary<GeneratedSystem> {
  const part = {
    right: rightPart,
    changed: fc.oneof({ weight: 2, arbitrary: rightPart }, { weight: 1, arbitrary: changedPart }),
    wrong: fc.oneof({ weight: 2, arbitrary: rightPart }, { weight: 1, arbitrary: wrongPart }),
    anything: fc.oneof({ weight: 6, arbitrary: plainPart }, { weight: 1, arbitrary: rightPart }),
  }[mode];
  const thread = fc.record({
    parts: fc.array(part, { minLength: 1, maxLength: mode === 'anything' ? 6 : 3 }),
    isTwin: fc.boolean(),
  });
  return fc
    .record({
      threads: fc.array(thread, { minLength: 2, maxLength: 4 }),
      worker:
        mode === 'right' || mode === 'changed' ? fc.constant(false) : fc.nat({ max: 7 }).map((value) => value === 7),
      faults: fc.constantFrom(null, null, null, 0, 1),
    })
    .map(({ threads, worker, faults }) => ({ threads: fitted(withTwins(threads)), worker, faults }));
}

/** Systems of all modes; more than a third are right. */
export const anyGeneratedSystem: fc.Arbitrary<GeneratedSystem> = fc.oneof(
  { weight: 4, arbitrary: generatedSystems('right') },
  { weight: 3, arbitrary: generatedSystems('changed') },
  { weight: 2, arbitrary: generatedSystems('wrong') },
  { weight: 3, arbitrary: generatedSystems('anything') },
);

/** A system whose threads make the named acts or plain statements, unchanged. */
export function generatedOf(...threads: readonly (readonly string[])[]): GeneratedSystem {
  return { threads: threads.map((names) => names.map(unchanged)), worker: false, faults: null };
}

/** A twin does what the thread before it does. */
function withTwins(
  threads: readonly { readonly parts: readonly GeneratedPart[]; readonly isTwin: boolean }[],
): GeneratedPart[][] {
  const done: GeneratedPart[][] = [];
  for (const { parts, isTwin } of threads) done.push([...((isTwin ? done.at(-1) : undefined) ?? parts)]);
  return done;
}

/** Leaves out the last parts of the longest threads, until the system is small; twins stay twins. */
function fitted(threads: readonly (readonly GeneratedPart[])[]): GeneratedPart[][] {
  const kept = threads.map((parts) => [...parts]);
  const lengthOf = (parts: readonly GeneratedPart[]) => parts.reduce((sum, { name }) => sum + lengthOfPart(name), 1);
  const tooLarge = () => kept.reduce((product, parts) => product * lengthOf(parts), 1) > largestProduct;
  while (tooLarge()) {
    const longest = kept.reduce((most, parts) => (lengthOf(parts) > lengthOf(most) ? parts : most));
    const key = JSON.stringify(longest);
    const same = kept.filter((parts) => JSON.stringify(parts) === key);
    if (longest.length > 1) for (const parts of same) parts.pop();
    else if (kept.length > 2) kept.splice(kept.indexOf(longest), 1);
    else break;
  }
  return kept;
}

/** Statements that a part makes, about. */
function lengthOfPart(name: string): number {
  return acts[name]?.length ?? leaves(acts[name]?.body ?? plainStatements[name]!).length;
}

/** The innermost statements, in order. */
function leaves(body: readonly Statement[]): Statement[] {
  return body.flatMap((statement): Statement[] => {
    switch (statement.kind) {
      case 'block':
      case 'while':
        return statement.body.length > 0 ? leaves(statement.body) : [statement];
      case 'if':
        return [...leaves(statement.then), ...leaves(statement.otherwise)];
      case 'choose':
        return statement.alternatives.flatMap((alternative) => leaves(alternative.body));
      default:
        return [statement];
    }
  });
}

/** The body with one of its innermost statements changed. */
function changed(body: readonly Statement[], { how, at }: GeneratedChange): Statement[] {
  const all = leaves(body);
  const index = at % all.length;
  const chosen = all[index]!;
  const next = all[(index + 1) % all.length]!;
  // A label made twice, or left out, is no program.
  if (chosen.kind === 'label' || (how === 'swap' && next.kind === 'label')) return [...body];
  const replace = (statements: readonly Statement[]): Statement[] =>
    statements.flatMap((statement): Statement[] => {
      switch (statement.kind) {
        case 'block':
          return [{ ...statement, body: replace(statement.body) }];
        case 'while':
          return statement.body.length > 0 ? [{ ...statement, body: replace(statement.body) }] : replaceLeaf(statement);
        case 'if':
          return [{ ...statement, then: replace(statement.then), otherwise: replace(statement.otherwise) }];
        case 'choose':
          return [
            {
              ...statement,
              alternatives: statement.alternatives.map((one) => ({ ...one, body: replace(one.body) })),
            },
          ];
        default:
          return replaceLeaf(statement);
      }
    });
  let seen = 0;
  const replaceLeaf = (statement: Statement): Statement[] => {
    const number = seen++;
    if (how === 'swap') {
      if (number === index) return [next];
      return number === (index + 1) % all.length ? [chosen] : [statement];
    }
    if (number !== index) return [statement];
    return how === 'drop' ? [] : [statement, statement];
  };
  return replace(body);
}

const revision: Revision = {
  id: 'generated',
  title: 'generated',
  base: null,
  kernel: '6.12.117',
  source: generatedFile,
  omits: [],
  functions: [],
  tables: [],
  types: generatedTypes,
  subsystem: 'test',
};

/** The transition system of a generated system. */
export function linkGenerated(system: GeneratedSystem): LinkedSystem {
  const { revision: resolved, scenario, options } = sourceOfGenerated(system);
  return link(resolved, scenario, options);
}

/** What a generated system is linked of. */
export function sourceOfGenerated(system: GeneratedSystem): {
  readonly revision: ResolvedRevision;
  readonly scenario: Scenario;
  readonly options: SystemOptions;
} {
  const { functions, scenario } = scenarioOf(system);
  const resolved: ResolvedRevision = {
    revision,
    functions: new Map(functions.map((definition) => [definition.name, definition])),
    tables: new Map(generatedTables.map((table) => [table.name, table])),
    types: new Map(generatedTypes.map((type) => [type.tag, type])),
    constants: {},
    globals: {},
    initialValues: {},
  };
  return { revision: resolved, scenario, options: { ...defaultOptions, faults: system.faults } };
}

function scenarioOf({ threads, worker }: GeneratedSystem): {
  functions: readonly FunctionDefinition[];
  scenario: Scenario;
} {
  const functions = new Map<string, FunctionDefinition>();
  const programs = new Map<string, string>();
  const define = (name: string, body: readonly Statement[]) => {
    if (!functions.has(name))
      functions.set(name, fn(`void ${name}(void)`, { file: generatedFile, locals: [...generatedLocals] }, body));
    return name;
  };
  const runs = threads.map((parts) => {
    const key = JSON.stringify(parts);
    const known = programs.get(key);
    if (known !== undefined) return known;
    const body = parts.flatMap(({ name, change }): readonly Statement[] => {
      const act = acts[name];
      if (!act) return plainStatements[name]!;
      const id = `${name} ${change ? `${change.how} ${change.at}` : ''}`.trim().replaceAll(/\W+/g, '_');
      return [run(`${define(id, change ? changed(act.body, change) : act.body)}()`)];
    });
    const isPlain = parts.some(({ name }) => acts[name] === undefined);
    const start = [set('box', 'world.box', 'marked'), set('mine', 'NULL'), set('x', '0')];
    const whole = isPlain ? [...start, ...body, run('keep(box, mine)')] : body;
    const name = define(`thread_${programs.size}`, whole);
    programs.set(key, name);
    return name;
  });
  if (worker)
    define('worker', [
      loop('1', [
        run('wait_for_completion(&world.work)'),
        run('mutex_lock(&world.other)'),
        set('world.b', '7'),
        run('mutex_unlock(&world.other)'),
      ]),
    ]);
  const parts = threads.flat();
  const hasPlain = parts.some(({ name }) => acts[name] === undefined);
  const users = parts.filter(({ name }) => acts[name]?.gadget).length;
  const setup = fn(
    'void setup(void)',
    { file: '<setup>', origin: 'environment', locals: ['struct box *box', 'struct gadget *gadget'] },
    [
      { kind: 'alloc', place: { kind: 'name', name: 'box' }, tag: 'box', zeroed: true },
      run('mutex_init(&box->lock)'),
      // A thread of plain statements has a reference of its own, which it need not put.
      run(`refcount_set(&box->refs, ${hasPlain ? threads.length : 1})`),
      run('init_completion(&world.ready)'),
      run('init_completion(&world.work)'),
      set('world.box', 'box'),
      ...(users === 0
        ? []
        : [
            { kind: 'alloc', place: { kind: 'name', name: 'gadget' }, tag: 'gadget', zeroed: true } as const,
            run('mutex_init(&gadget->lock)'),
            run('init_completion(&gadget->idle)'),
            run(`refcount_set(&gadget->refs, ${users})`),
            set('gadget->users', '1'),
            set('world.gadget', 'gadget'),
          ]),
    ],
  );
  return {
    functions: [...functions.values(), ...generatedHelpers],
    scenario: {
      id: 'generated',
      title: 'generated',
      description: 'Generated.',
      subsystem: 'test',
      activities: [],
      size: 'default',
      globals: { world: 'struct world' },
      functions: [setup],
      tables: [],
      types: [],
      processes: [],
      threads: [
        ...threads.map((list, index) => ({
          name: `t${index}`,
          process: null,
          run: runs[index]!,
          ...(list.some(({ name }) => acts[name]?.unregister) ? { unregister: true } : {}),
        })),
        ...(worker ? [{ name: 'worker', process: null, run: 'worker', daemon: true }] : []),
      ],
      setup: [{ as: 't0', run: 'setup' }],
      capacities: { box: 4, IDS: 4, STACK: 64 },
    },
  };
}
