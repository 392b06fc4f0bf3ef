import type { LifecycleTable, MonitorBinding } from '../../models/lifecycles/lifecycle.js';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import type { CType } from '../../models/program/cType.js';
import type { Node, Program } from '../../models/program/program.js';
import type { PropertyId } from '../../models/program/propertyId.js';
import type { Revision } from '../../models/revisions/revision.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import type { Direction } from '../../models/types/structType.js';
import type { ReturnCheck } from './returnChecks.js';

/** Everything a run may be told beside revision and scenario. */
export interface SystemOptions {
  /** At most this many failures in a run; null allows all, everywhere, in any combination. */
  readonly faults: number | null;
  /** Results forced on calls after setup: `callee=value`, or `caller/callee=value` for calls from one function. */
  readonly forcedOutcomes: readonly ForcedOutcome[];
  /** Go on past undefined behaviour (use after free …) whose finding id is listed. */
  readonly assumeFixed: readonly string[];
}

export interface ForcedOutcome {
  readonly caller: string | null;
  readonly callee: string;
  readonly value: number;
  /** As typed, for reports. */
  readonly text: string;
}

export const defaultOptions: SystemOptions = { faults: null, forcedOutcomes: [], assumeFixed: [] };

/** One word (or embedded struct) of a struct, after layout. */
export interface FieldLayout {
  readonly name: string;
  readonly type: CType;
  /** In words from the start of the struct. */
  readonly offset: number;
  readonly documented: Direction | null;
  /** A plain integer that counts references: it must be back where it was at the end of a run. */
  readonly isCount: boolean;
}

/** A struct type with a place for every field that some program uses. */
export interface StructLayout {
  readonly tag: string;
  /** In words, without the header that a whole object has in front. */
  readonly size: number;
  readonly fields: ReadonlyMap<string, FieldLayout>;
  /** Lifecycle cells inside, embedded structs included. */
  readonly cells: readonly CellLayout[];
  /** Offsets of the words that are neither cells nor ghosts, embedded structs and arrays included. */
  readonly values: readonly number[];
  /** Ghost words that tell which documented output was written: field name → offset. */
  readonly outputs: ReadonlyMap<string, number>;
}

/** A lifecycle cell inside a struct. */
export interface CellLayout {
  readonly offset: number;
  /** Dotted path from the object, for example `dev.kobj.refcount`; for a monitor its id after `@`. */
  readonly path: string;
  readonly table: LifecycleTable;
}

/** One slot for an object in the state. */
export interface ObjectSlot {
  readonly index: number;
  /** Name for messages: `tee_shm#0`, or the variable's name for a static object. */
  readonly name: string;
  readonly tag: string;
  /** Word address of the header; the object itself starts one word later. */
  readonly header: number;
  readonly layout: StructLayout;
  /** Globals, tasks, fd tables: live from the start, never freed. */
  readonly static: boolean;
}

/** A thread's place in the state. */
export interface ThreadSlot {
  readonly index: number;
  readonly name: string;
  /** Word address of the frame pointer; the stack follows. */
  readonly base: number;
  /** Words, the frame pointer included. */
  readonly size: number;
  /** Word address of its `struct task_struct`. */
  readonly task: number;
  readonly process: string | null;
  readonly daemon: boolean;
  readonly unregister: boolean;
  /** Index of the root function. */
  readonly root: number;
}

/** A function after linking. */
export interface LinkedFunction {
  readonly index: number;
  readonly definition: FunctionDefinition;
  readonly program: Program;
  /** Global node id of the entry. */
  readonly entry: number;
  /** Words of a frame: program counter, caller's frame, variables. */
  readonly frameSize: number;
  /** Frame offset of every variable. */
  readonly slots: ReadonlyMap<string, number>;
  readonly types: ReadonlyMap<string, CType>;
  readonly parameterSlots: readonly number[];
  /** Of locals that some path reads before it writes them. */
  readonly unwrittenSlots: readonly number[];
  readonly atomic: boolean;
  /** Parameters whose objects an atomic function touches, as positions. */
  readonly shared: readonly number[];
  /** It also touches objects it finds on the way: whether the step is visible shows only while it runs. */
  readonly sharedAny: boolean;
  /** An event inside may have to wait. */
  readonly mayWait: boolean;
  readonly onCall: readonly LinkedBinding[];
  readonly onReturn: readonly LinkedBinding[];
  /** For `sys_ioctl` and the like: parameter whose object's documented outputs are checked on success, or -1. */
  readonly checksOutputsOf: number;
  readonly returnChecks: readonly LinkedReturnCheck[];
  readonly sleeps: boolean;
}

/** A monitor's binding with everything resolved. */
export interface LinkedBinding {
  readonly binding: MonitorBinding;
  readonly table: LifecycleTable;
  /** Frame offset of the argument, -1 for the result, -2 for the current task. */
  readonly slot: number;
  /** Words to subtract from the pointer (`containerOf`). */
  readonly back: number;
  /** Offset of the field to load first, or -1. */
  readonly field: number;
  /** Offset of the ghost cell inside the object. */
  readonly cell: number;
  readonly column: number;
  /** Frame offset of the argument whose value decides, -1 for the result. */
  readonly outcomeSlot: number;
}

/** A return check with everything resolved. */
export interface LinkedReturnCheck {
  readonly check: ReturnCheck;
  /** Offset of the field inside the object that is returned. */
  readonly field: number;
  /** Frame offset of the argument. */
  readonly slot: number;
}

/** A node after linking. Ids are global: function by function, in program order. */
export interface LinkedNode {
  readonly id: number;
  readonly node: Node;
  readonly function: LinkedFunction;
  /** First of its control-flow edges in the coverage vector. */
  readonly firstEdge: number;
  /** Frame offsets to zero when a state ends with the program counter here. */
  readonly dead: readonly number[];
  /** For calls: frame offsets to zero in the caller while the callee runs. */
  readonly deadDuringCall: readonly number[];
}

/** A revision and a scenario as one transition system: what the interpreter and the code generators run. */
export interface LinkedSystem {
  readonly revision: Revision;
  readonly scenario: Scenario;
  readonly options: SystemOptions;
  readonly functions: readonly LinkedFunction[];
  readonly functionIndex: ReadonlyMap<string, number>;
  readonly nodes: readonly LinkedNode[];
  readonly edges: number;
  readonly layouts: ReadonlyMap<string, StructLayout>;
  readonly objects: readonly ObjectSlot[];
  /**
   * Slots for objects of a tag, by allocating thread: a new object takes the lowest free slot of its thread. So objects are
   * named after who made them, and states that differ only in who came first are one.
   */
  readonly pools: ReadonlyMap<string, readonly (readonly ObjectSlot[])[]>;
  readonly threads: readonly ThreadSlot[];
  /** Words of a state, the unused null page in front included. */
  readonly width: number;
  /** Word address of the counter of failures, -1 when failures are not limited. */
  readonly faultCounter: number;
  /** Addresses of symbols: globals and tables as pointers, functions, constants. */
  readonly symbols: ReadonlyMap<string, number>;
  /** Struct tag of each ops table in use. */
  readonly tableTags: ReadonlyMap<string, string>;
  /** Length of the arrays whose length is a capacity. */
  readonly arrayLengths: ReadonlyMap<string, number>;
  /** Contents of the constant region, from `constantBase`. */
  readonly constants: Int32Array;
  /** What the system assumes and approximates, for the report. */
  readonly approximations: readonly string[];
  readonly setup: readonly { readonly thread: number; readonly function: number }[];
  readonly memory: LifecycleTable;
  /** What static objects hold before setup, where that is not 0. */
  readonly initialWords: readonly (readonly [address: number, word: number])[];
  /** Findings that need no search: operations that only refuse. */
  readonly staticFindings: readonly StaticFinding[];
  /** First node with a line of the function that answers a system call with this struct, by tag: where a missing output belongs. */
  readonly outputHandlers: ReadonlyMap<string, number>;
  /** Name of the type and field of an ops slot by (struct tag, field), per indirect call node; null if unknown. */
  readonly slotNames: ReadonlyMap<number, string>;
  /** Static type of the address of loads, stores and events, per node: for messages. */
  readonly placeTypes: ReadonlyMap<number, CType>;
}

export interface StaticFinding {
  readonly property: PropertyId;
  readonly tag: string;
  readonly cell: string;
  readonly operation: string;
  readonly title: string;
  readonly function: string;
}
