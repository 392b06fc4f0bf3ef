import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { OpsTable } from '../types/opsTable.js';
import type { StructType } from '../types/structType.js';

/** One state of the code: a patch revision, or the base it applies to. */
export interface Revision {
  /** What users type: `v4`, `v6.12`. */
  readonly id: string;
  readonly title: string;
  /** The revision this one changes, and that findings are attributed against; null for a base. */
  readonly base: string | null;
  /** Kernel version whose API models are used, for example `6.12.117`. */
  readonly kernel: string;
  /** Where the code was read: commit, mail, file. */
  readonly source: string;
  /** What of the source is not modelled, one sentence each. */
  readonly omits: readonly string[];
  /** Programs the revision adds or replaces (by name). */
  readonly functions: readonly FunctionDefinition[];
  /** Ops tables it adds or replaces (by name). */
  readonly tables: readonly OpsTable[];
  /** Struct types it adds or replaces (by tag); a replaced type lists all its fields. */
  readonly types: readonly StructType[];
  /** Named integers it adds or replaces, for example flags that only its code knows. */
  readonly constants?: Readonly<Record<string, number>>;
  /** File-scope variables it adds, with their types; always live. A scenario's own of the same name count. */
  readonly globals?: Readonly<Record<string, string>>;
  /**
   * What variables are before setup runs, by name and field (`value` for one that is no struct): a number, or the name of a function,
   * table or variable whose address is meant. Everything else is 0.
   */
  readonly initialValues?: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  /** Names of base functions and tables the revision removes. */
  readonly removes?: readonly string[];
  /**
   * The subsystem whose scenarios apply. Scenarios name the subsystem they close; a revision of an older or smaller world
   * (a historic bug, a driver of its own) has its own subsystem and scenarios.
   */
  readonly subsystem: string;
}
