import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { OpsTable } from '../types/opsTable.js';
import type { StructType } from '../types/structType.js';

/**
 * A closed system: which threads call which entry points, on which objects, with which failures.
 *
 * The run: `setup` steps one after the other, without failures; then all threads together. When the last thread of a
 * process ends, the process exits: its fds are closed in any order and the task work runs (`models/kernel/process.ts`). When
 * every thread has ended, the end state is compared with the state after setup.
 */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** What it is for, in two or three sentences: which activities meet, and what could go wrong. */
  readonly description: string;
  /** Which revisions it applies to: those of this subsystem … */
  readonly subsystem: string;
  /** … that define all of these functions. An entry point that is absent answers as its dispatcher's default does. */
  readonly requires?: readonly string[];
  /** Activities it contains; every pair of activities is covered by some default scenario (law test). */
  readonly activities: readonly string[];
  /** `default` scenarios run in `check`; `large` ones are meant for the fast engine and run when named. */
  readonly size: 'default' | 'large';
  /** Global variables by name, as struct types: `{ world: 'struct tee_world' }`. Always live. */
  readonly globals: Readonly<Record<string, string>>;
  /** Bodies of threads and setup, driver operations and other environment. Overrides the revision by name. */
  readonly functions: readonly FunctionDefinition[];
  readonly tables: readonly OpsTable[];
  readonly types: readonly StructType[];
  /** Processes by name; each has an fd table. */
  readonly processes: readonly string[];
  readonly threads: readonly ScenarioThread[];
  /** Runs before the threads, in order, each as the named thread. */
  readonly setup: readonly { readonly as: string; readonly run: string }[];
  /**
   * How many objects of a struct tag exist at most, and lengths of arrays by name (`FDS`, `IDS`). What is not listed has the
   * linker's default. Running out is inconclusive, never a failed allocation.
   */
  readonly capacities: Readonly<Record<string, number>>;
}

/** One thread. Its function takes no parameters. */
export interface ScenarioThread {
  readonly name: string;
  /** The process it belongs to; null for a kernel thread (no fds; a last `fput` goes to the delayed-work thread). */
  readonly process: string | null;
  readonly run: string;
  /** May stay blocked, or never end, at the end of a run (a worker that waits for work). */
  readonly daemon?: boolean;
  /** A thread that is expected to return although it waits for others: blocked at the end breaks `unregister-returns`. */
  readonly unregister?: boolean;
}
