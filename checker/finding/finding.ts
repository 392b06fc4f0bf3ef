import type { PropertyId } from '../../models/program/propertyId.js';
import type { SourceSpan } from '../../models/program/sourceSpan.js';
import type { Severity } from '../../properties/property.js';
import type { Move } from '../explore/search.js';
import type { SourceReport } from './sourceReport.js';

/**
 * Results are plain data: they are printed, written to files, sent between workers and compared. A result never refers to a
 * linked system; with revision and scenario by id it can be linked again.
 */

/** Whether the revision brought it or its base has it too; `unknown` where no base was searched, or not to its end. */
export type WitnessOrigin = 'introduced' | 'inherited' | 'unknown';

/**
 * `inherited`: the base shows the finding in some scenario. `new way`: it does, but the revision has a way in that the base
 * has not.
 */
export type FindingOrigin = WitnessOrigin | 'new way';

/** One scenario and way in that shows a finding, with a shortest schedule. */
export interface Witness {
  readonly scenario: string;
  /** Outermost entry point and innermost ops slot: `sys_close → dma_buf_ops.release`. */
  readonly via: string;
  readonly origin: WitnessOrigin;
  /** Length of the schedule. */
  readonly steps: number;
  /** How often the schedule changes threads. */
  readonly switches: number;
  readonly schedule: readonly Move[];
  /** Moves that are repeated for ever after the schedule; absent for a run that ends. */
  readonly cycle?: readonly Move[];
  /** It goes through code that is over-approximated: what it shows is possible, not certain. */
  readonly possible: boolean;
}

/** One broken property at one kind of place; the id survives refactoring (see `findingId`). */
export interface Finding {
  readonly id: string;
  readonly property: PropertyId;
  readonly severity: Severity;
  /** One sentence. */
  readonly title: string;
  /** Struct tag and cell: `tee_device.mutex`. */
  readonly object: string;
  readonly operation: string;
  readonly conflict: string;
  readonly origin: FindingOrigin;
  /** Id of the finding that is the root cause of this one; its own id if it is a cause itself. */
  readonly rootCause: string;
  /** Where the violating step of the first witness stands; absent for the end of a run. */
  readonly location: SourceSpan | null;
  /** Those that the revision introduces first, then by length: the first one is the one to show. */
  readonly witnesses: readonly Witness[];
}

/** `holds`: complete search. `violated`: with counterexamples. `inconclusive`: a bound, a capacity, unsupported code. */
export type Verdict = 'holds' | 'violated' | 'inconclusive';

/** How much of the programs of a system ran, in control-flow edges. */
export interface Coverage {
  readonly edges: number;
  readonly covered: number;
  /** The same for functions that the patch brings. */
  readonly patchedEdges: number;
  readonly patchedCovered: number;
  /** Lines of the patch that no explored transition touched, linked or not, as `file:line function`. */
  readonly untouched: readonly string[];
}

/** The search of one scenario. */
export interface ScenarioResult {
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly findingIds: readonly string[];
  /** Findings whose undefined behaviour ended some path: other properties hold only up to these. */
  readonly cutBy: readonly string[];
  /** Properties that nothing in the run exercised. */
  readonly vacuous: readonly PropertyId[];
  readonly coverage: Coverage;
  /** Threads, bounds, faults, merged outcomes, approximations: one sentence each. */
  readonly assumptions: readonly string[];
  /** Why the search is not complete; empty if it is. */
  readonly limit: string;
  /** It holds unless this is so, where the search is no proof (`--store fingerprints`); absent where it is one. */
  readonly proviso?: string;
  /** Fields that change after their object was published; a schedule of this scenario can be replayed only with the same ones. */
  readonly unstableFields: readonly string[];
}

/** Where a function's meaning came from. */
export interface FunctionSource {
  readonly name: string;
  readonly source: 'lifted from the patch' | 'lifted from the tree' | 'model' | 'kernel model' | 'environment';
  readonly file: string;
}

/** What `check` says; the JSON document of `--format json`. */
export interface CheckResult {
  readonly format: 'interleaf.result';
  readonly version: 1;
  /** Name and version of the program. */
  readonly tool: string;
  readonly revision: string;
  /** Null where findings were not attributed. */
  readonly base: string | null;
  readonly verdict: Verdict;
  readonly exitCode: 0 | 1 | 3;
  readonly findings: readonly Finding[];
  readonly scenarios: readonly ScenarioResult[];
  readonly functions: readonly FunctionSource[];
  /** What was read, where the revision comes from a kernel tree. */
  readonly source?: SourceReport;
}
