import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import { fn } from '../../models/program/build.js';
import type { Statement } from '../../models/program/statement.js';
import type { Revision } from '../../models/revisions/revision.js';
import type { Scenario, ScenarioThread } from '../../models/scenarios/scenario.js';
import type { OpsTable } from '../../models/types/opsTable.js';
import { struct } from '../../models/types/structType.js';
import type { SearchOptions } from '../explore/search.js';
import type { RawFinding, ScenarioRun } from '../scenarioRun.js';
import { cachedBreadthFirst } from '../explore/cached/cachedBreadthFirst.js';
import { withProgress } from '../explore/cached/progress.js';
import { runScenario } from '../scenarioRun.js';
import type { ResolvedRevision } from '../system/link.js';
import type { SystemOptions } from '../system/linkedSystem.js';
import { defaultOptions } from '../system/linkedSystem.js';

/** File that toy functions say they are in. */
const toyFile = 'drivers/toy/toy.c';

/** What a thread does: a body, or a body with its declarations and what else a scenario says of a thread. */
export type ToyThread =
  | readonly Statement[]
  | (Omit<Partial<ScenarioThread>, 'name' | 'run'> & {
      readonly locals?: readonly string[];
      readonly body: readonly Statement[];
    });

/** A closed system small enough for one test: struct types, globals, functions and threads. */
export interface Toy {
  /** Fields by struct tag, as `struct()` takes them. */
  readonly types?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Default: `world`, if there is a `struct world`. */
  readonly globals?: Readonly<Record<string, string>>;
  readonly functions?: readonly FunctionDefinition[];
  readonly tables?: readonly Pick<OpsTable, 'name' | 'type' | 'fields'>[];
  /** By name. A thread of no process is a kernel thread. */
  readonly threads: Readonly<Record<string, ToyThread>>;
  /** Runs first, as the first thread. */
  readonly setup?: { readonly locals?: readonly string[]; readonly body: readonly Statement[] };
  readonly capacities?: Readonly<Record<string, number>>;
}

/** The revision and the scenario that a toy stands for. The threads' bodies are environment, its functions code of a driver. */
export function toySystem(toy: Toy): { readonly revision: ResolvedRevision; readonly scenario: Scenario } {
  const types = Object.entries(toy.types ?? {}).map(([tag, fields]) => struct(tag, `${toyFile}, none`, fields));
  const threads = Object.entries(toy.threads).map(([name, thread]) => ({
    name,
    ...('body' in thread ? thread : { body: thread }),
  }));
  const bodies = threads.map(({ name, locals, body }) => environment(name, locals, body));
  const setup = toy.setup ? [environment('setup', toy.setup.locals, toy.setup.body)] : [];
  const processes = new Set(
    threads.flatMap(({ process }) => (process === undefined || process === null ? [] : [process])),
  );
  const revision: Revision = {
    id: 'toy',
    title: 'a toy',
    base: null,
    kernel: '6.12.117',
    source: toyFile,
    omits: [],
    functions: toy.functions ?? [],
    tables: (toy.tables ?? []).map((table) => ({ ...table, file: toyFile })),
    types,
    subsystem: 'test',
  };
  const scenario: Scenario = {
    id: 'toy',
    title: 'a toy',
    description: 'A toy.',
    subsystem: 'test',
    activities: [],
    size: 'default',
    globals: toy.globals ?? ('world' in (toy.types ?? {}) ? { world: 'struct world' } : {}),
    functions: [...bodies, ...setup],
    tables: [],
    types: [],
    processes: [...processes],
    threads: threads.map(({ name, process, daemon, unregister }) => ({
      name,
      process: process ?? null,
      run: `${name}_body`,
      ...(daemon === undefined ? {} : { daemon }),
      ...(unregister === undefined ? {} : { unregister }),
    })),
    setup: setup.map(() => ({ as: threads[0]!.name, run: 'setup_body' })),
    capacities: toy.capacities ?? {},
  };
  return {
    revision: {
      revision,
      functions: new Map(revision.functions.map((definition) => [definition.name, definition])),
      tables: new Map(revision.tables.map((table) => [table.name, table])),
      types: new Map(types.map((type) => [type.tag, type])),
      constants: {},
      globals: {},
      initialValues: {},
    },
    scenario,
  };
}

function environment(
  name: string,
  locals: readonly string[] | undefined,
  body: readonly Statement[],
): FunctionDefinition {
  return fn(`void ${name}_body(void)`, { file: '<toy>', origin: 'environment', locals: locals ?? [] }, body);
}

/** A driver's function: code that is checked. */
export function toyFn(prototype: string, locals: readonly string[], body: readonly Statement[]): FunctionDefinition {
  return fn(prototype, { file: toyFile, locals }, body);
}

/** Explores all of a toy; what is stated about toys is stated in full, so without transactions and symmetry. Deterministic: no clock. */
export function exploreToy(
  toy: Toy,
  options: SystemOptions = defaultOptions,
  search: Pick<SearchOptions, 'reduction'> = {},
): ScenarioRun {
  const { revision, scenario } = toySystem(toy);
  const bounds = { maxStates: 200_000, timeout: Infinity, now: () => 0 };
  return runScenario(revision, scenario, options, { ...bounds, ...search }, withProgress(cachedBreadthFirst));
}

/** A finding in one line: `use-after-free box.data: read, after kfree`. */
export function summary({ property, tag, cell, operation, conflict }: RawFinding): string {
  const object = [tag, cell].filter((part) => part !== '').join('.');
  return `${property}${object === '' ? '' : ` ${object}`}: ${operation}${conflict === '' ? '' : `, after ${conflict}`}`;
}
