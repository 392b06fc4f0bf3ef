import { filesOf } from './filesOf.js';
import { compileLifecycle } from '../../models/lifecycles/compile/compileLifecycle.js';
import { lifecycles } from '../../models/lifecycles/index.js';
import type { Lifecycle, LifecycleTable, MonitorBinding } from '../../models/lifecycles/lifecycle.js';
import {
  builtins,
  kernelCapacities,
  kernelConstants,
  kernelFunctionsFor,
  kernelGlobals,
  kernelTables,
} from '../../models/kernel/index.js';
import { fn, run } from '../../models/program/build.js';
import type { CType } from '../../models/program/cType.js';
import { parseCType, printCType } from '../../models/program/cType.js';
import { operandsOf } from '../../models/program/checkProgram.js';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import { fits } from '../../models/program/intArithmetic.js';
import { boxPrefix, lowerFunction } from '../../models/program/lowerFunction.js';
import type { Node, Operand, Program } from '../../models/program/program.js';
import { successorsOf } from '../../models/program/program.js';
import type { Statement } from '../../models/program/statement.js';
import type { Revision } from '../../models/revisions/revision.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import type { OpsTable } from '../../models/types/opsTable.js';
import { structTypes } from '../../models/types/index.js';
import type { StructField, StructType } from '../../models/types/structType.js';
import { LinkError } from './linkError.js';
import type {
  CellLayout,
  FieldLayout,
  LinkedBinding,
  LinkedFunction,
  LinkedNode,
  LinkedReturnCheck,
  LinkedSystem,
  ObjectSlot,
  StructLayout,
  SystemOptions,
  ThreadSlot,
} from './linkedSystem.js';
import { defaultOptions } from './linkedSystem.js';
import { IndirectCallees } from './indirectCallees.js';
import { liveBefore } from './liveness.js';
import { chooseNumbers } from './opaqueValues.js';
import { refusingOperations } from './refusingOperations.js';
import { returnChecks } from './returnChecks.js';
import type { TypeEnvironment } from './typeInference.js';
import { inferVariableTypes, memberType, typeOfOperand, withBoxes } from './typeInference.js';
import { fillUserInput } from './userInput.js';
import { constantBase, functionWord, integer, nullPage, pointer } from './word.js';

/** What a revision is made of once its bases are laid under it. */
export interface ResolvedRevision {
  readonly revision: Revision;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  readonly tables: ReadonlyMap<string, OpsTable>;
  readonly types: ReadonlyMap<string, StructType>;
  readonly constants: Readonly<Record<string, number>>;
  readonly globals: Readonly<Record<string, string>>;
  /** What variables are before anything runs, by name and field; see `Revision.initialValues`. */
  readonly initialValues: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

/** Objects of one type that one thread may have allocated at once, where the scenario does not say. */
const objectDefault = 2;
const stackDefault = 256;

/**
 * Links a revision and a scenario into one transition system.
 *
 * Finds the functions that can run, infers types, gives every used field, object, frame and thread a place in one state
 * vector, and resolves every name. Throws `LinkError` where revision and scenario do not fit.
 */
export function link(
  resolved: ResolvedRevision,
  scenario: Scenario,
  options: SystemOptions = defaultOptions,
): LinkedSystem {
  let ofRevision = linkedSystems.get(resolved);
  if (ofRevision === undefined) linkedSystems.set(resolved, (ofRevision = new WeakMap<Scenario, LinkedSystem>()));
  const known = ofRevision.get(scenario);
  if (known?.options === options) return known;
  const system = new Linker(resolved, scenario, options).system();
  ofRevision.set(scenario, system);
  return system;
}

/** Systems by what they were linked from, the last options only: who reports on a search asks for the system once more. */
const linkedSystems = new WeakMap<ResolvedRevision, WeakMap<Scenario, LinkedSystem>>();

/** Lifecycles of cells by their C type. */
const cellLifecycles: ReadonlyMap<string, Lifecycle> = new Map(
  lifecycles.filter(({ use }) => use === 'primitive').map((lifecycle) => [lifecycle.cType, lifecycle]),
);

class Linker {
  private readonly resolved: ResolvedRevision;
  private readonly scenario: Scenario;
  private readonly options: SystemOptions;
  private readonly definitions = new Map<string, FunctionDefinition>();
  private readonly tables = new Map<string, OpsTable>();
  private readonly structs = new Map<string, StructType>();
  private readonly lookupStruct: (tag: string) => StructType | null;
  private readonly constants: Readonly<Record<string, number>>;
  private readonly globals: Readonly<Record<string, string>>;
  private readonly usedGlobals = new Set<string>();
  private readonly programs = new Map<string, Program>();
  private readonly usedTables = new Set<string>();
  private readonly usedFields = new Set<string>();
  private readonly layouts = new Map<string, StructLayout>();
  private readonly monitors = new Map<string, LifecycleTable[]>();
  private readonly variableTypes = new Map<string, Map<string, CType>>();
  private readonly environment: TypeEnvironment;
  private readonly lengths = new Map<string, number>();
  private unknownNumbers: readonly string[] = [];

  constructor(resolved: ResolvedRevision, scenario: Scenario, options: SystemOptions) {
    this.resolved = resolved;
    this.scenario = scenario;
    this.options = options;
    const kernel = kernelFunctionsFor(resolved.revision.kernel);
    for (const definition of [...kernel, ...resolved.functions.values(), ...scenario.functions]) {
      this.definitions.set(definition.name, definition);
    }
    for (const table of [...kernelTables, ...resolved.tables.values(), ...scenario.tables])
      this.tables.set(table.name, table);
    for (const type of [...structTypes, ...resolved.types.values(), ...scenario.types])
      this.structs.set(type.tag, type);
    this.lookupStruct = withBoxes(this.structs);
    this.globals = { ...kernelGlobals, ...resolved.globals, ...scenario.globals };
    this.constants = { ...kernelCapacities, ...scenario.capacities, ...kernelConstants, ...resolved.constants };
    this.environment = {
      struct: (tag) => this.lookupStruct(tag),
      symbol: (name) => this.symbolType(name),
      returns: (name) => this.definitions.get(name)?.returns ?? null,
    };
  }

  /** Puts choices in the place of numbers that nobody knows. */
  private chooseNumbers(): void {
    const { environment } = this;
    const programs = fillUserInput(this.programs, environment);
    const tables = [...this.usedTables].map((name) => this.tables.get(name)!);
    const callees = new IndirectCallees(programs, tables);
    const known = chooseNumbers(programs, {
      environment,
      constant: (name) => (this.symbolType(name)?.kind === 'int' ? (this.constants[name] ?? null) : null),
      callees: (program, { target, args }) =>
        callees.of(this.slotOf(program, target, inferVariableTypes(program, environment)), args.length),
      setup: this.scenario.setup.map((step) => step.run),
    });
    for (const [name, program] of known.programs) this.programs.set(name, program);
    this.unknownNumbers = known.approximations;
  }

  system(): LinkedSystem {
    const { scenario, resolved, options } = this;
    const roots = scenario.threads.map((thread) => this.rootOf(thread.name, thread.run, thread.process !== null));
    for (const root of roots) this.definitions.set(root.name, root);
    this.reach([...roots.map((root) => root.name), ...scenario.setup.map((step) => step.run)]);
    this.chooseNumbers();
    this.inferTypes();
    this.chooseMonitors();
    for (const { function: name, field } of returnChecks) this.useResultField(name, field);
    const { objects, pools, threads, width, faultCounter, statics } = this.place(roots);
    const symbols = new Map<string, number>();
    const functionIndex = new Map([...this.programs.keys()].map((name, index) => [name, index]));
    for (const [name, index] of functionIndex) symbols.set(name, functionWord(index));
    for (const [name, value] of Object.entries(this.constants))
      if (!symbols.has(name) && fits(value)) symbols.set(name, integer(value));
    for (const [name, slot] of statics) symbols.set(name, pointer(slot.header + 1));
    const constants = this.placeConstants(symbols);
    const { functions, nodes, edges, slotNames, placeTypes } = this.linkFunctions(functionIndex);
    const system: LinkedSystem = {
      revision: resolved.revision,
      scenario,
      options,
      functions,
      functionIndex,
      nodes,
      edges,
      layouts: this.layouts,
      objects,
      pools,
      threads: threads.map((thread, index) => ({ ...thread, root: functionIndex.get(roots[index]!.name)! })),
      width,
      faultCounter,
      symbols,
      tableTags: new Map([...this.usedTables].map((name) => [name, this.tables.get(name)!.type])),
      arrayLengths: this.lengths,
      constants,
      approximations: this.approximations(),
      setup: scenario.setup.map((step) => this.setupStep(step, functionIndex)),
      memory: this.tableOf('memory'),
      initialWords: this.initialWords(statics, symbols),
      staticFindings: refusingOperations(
        [...this.usedTables].map((name) => this.tables.get(name)!),
        this.programs,
        this.lookupStruct,
      ),
      outputHandlers: this.outputHandlers(functions),
      slotNames,
      placeTypes,
    };
    return system;
  }

  private rootOf(name: string, entry: string, inProcess: boolean): FunctionDefinition {
    const body: Statement[] = [run(`${entry}()`)];
    if (inProcess) body.push(run('exit_process()'));
    return { ...fn('void root(void)', { file: '<thread>', origin: 'environment' }, body), name: `thread ${name}` };
  }

  private setupStep(
    step: { readonly as: string; readonly run: string },
    index: ReadonlyMap<string, number>,
  ): { thread: number; function: number } {
    const thread = this.scenario.threads.findIndex((candidate) => candidate.name === step.as);
    if (thread < 0)
      throw new LinkError(`scenario ${this.scenario.id}: setup runs as '${step.as}', which is no thread of it`);
    return { thread, function: index.get(step.run)! };
  }

  /** The table of a type of cells; null for other types. Made when it is asked for: no system has cells of every type. */
  private cellTable(cType: string): LifecycleTable | null {
    const lifecycle = cellLifecycles.get(cType);
    return lifecycle ? this.compile(lifecycle) : null;
  }

  private tableOf(cType: string): LifecycleTable {
    const table = this.cellTable(cType);
    if (!table)
      throw new LinkError(`there is no lifecycle for '${cType}'`, 'register one in models/lifecycles/index.ts');
    return table;
  }

  private compile(lifecycle: Lifecycle): LifecycleTable {
    return compileLifecycle(lifecycle, { threads: this.scenario.threads.length });
  }

  // ---- which functions can run ----

  private reach(entries: readonly string[]): void {
    const work = [...entries];
    for (let name = work.pop(); name !== undefined; name = work.pop()) {
      if (this.programs.has(name) || builtins.has(name)) continue;
      const definition = this.definitions.get(name);
      if (!definition)
        throw new LinkError(
          `revision ${this.resolved.revision.id}, scenario ${this.scenario.id}: the function '${name}' is called, but nobody defines it`,
          'define it in the revision, the scenario or models/kernel',
        );
      const program = lowerFunction(definition);
      this.programs.set(name, program);
      for (const node of program.nodes) {
        if (node.kind === 'call') work.push(node.callee);
        for (const operand of operandsOf(node)) this.symbolsOf(operand, work);
      }
    }
    // Order by name, so that indexes do not depend on the order in which functions were found.
    const sorted = [...this.programs].sort(([a], [b]) => (a < b ? -1 : 1));
    this.programs.clear();
    for (const [name, program] of sorted) this.programs.set(name, program);
  }

  private symbolsOf(operand: Operand, work: string[]): void {
    switch (operand.kind) {
      case 'symbol':
        if (this.definitions.has(operand.name)) work.push(operand.name);
        else if (this.tables.has(operand.name)) this.reachTable(operand.name, work);
        else if (operand.name in this.globals) this.reachGlobal(operand.name, work);
        return;
      case 'member':
      case 'containerOf':
        return this.symbolsOf(operand.base, work);
      case 'element':
      case 'offset':
        this.symbolsOf(operand.base, work);
        return this.symbolsOf(operand.index, work);
      case 'unary':
      case 'convert':
        return this.symbolsOf(operand.operand, work);
      case 'binary':
        this.symbolsOf(operand.left, work);
        return this.symbolsOf(operand.right, work);
      case 'int':
      case 'local':
        return;
    }
  }

  private reachTable(name: string, work: string[]): void {
    if (this.usedTables.has(name)) return;
    this.usedTables.add(name);
    this.reachValues(name, this.tables.get(name)!.fields, work);
  }

  private reachGlobal(name: string, work: string[]): void {
    if (this.usedGlobals.has(name)) return;
    this.usedGlobals.add(name);
    this.reachValues(name, this.resolved.initialValues[name] ?? {}, work);
  }

  /** What the fields of a table, or the first values of a variable, name. */
  private reachValues(name: string, fields: Readonly<Record<string, string | number>>, work: string[]): void {
    for (const value of Object.values(fields)) {
      if (typeof value !== 'string') continue;
      if (this.tables.has(value)) this.reachTable(value, work);
      else if (this.definitions.has(value)) work.push(value);
      else if (value in this.globals) this.reachGlobal(value, work);
      else throw new LinkError(`'${name}' names '${value}', which nobody defines`);
    }
  }

  private symbolType(name: string): CType | null {
    if (name === 'current') return { kind: 'pointer', to: { kind: 'struct', tag: 'task_struct' } };
    const global = this.globals[name];
    if (global !== undefined) return { kind: 'pointer', to: { kind: 'struct', tag: this.globalTag(name, global) } };
    const table = this.tables.get(name);
    if (table) return { kind: 'pointer', to: { kind: 'struct', tag: table.type } };
    if (this.definitions.has(name)) return { kind: 'function' };
    if (name in this.constants) return { kind: 'int', name: 'int' };
    return null;
  }

  /** Struct tag of a global's memory. A scalar or a pointer has a box, as an address-taken local has: `tee_devt.value`. */
  private globalTag(name: string, text: string): string {
    const type = parseCType(text);
    if (type.kind === 'struct') return type.tag;
    if (type.kind === 'array')
      throw new LinkError(`scenario ${this.scenario.id}: the global '${name}' is an array`, 'put it into a struct');
    return `${boxPrefix}${printCType(type)}`;
  }

  // ---- types and used fields ----

  private inferTypes(): void {
    for (const [name, program] of this.programs) {
      const types = inferVariableTypes(program, this.environment);
      this.variableTypes.set(name, types);
      for (const node of program.nodes) {
        for (const operand of operandsOf(node)) this.useFields(operand, types, name);
        if (node.kind === 'alloc' && !this.lookupStruct(node.tag)) {
          throw new LinkError(
            `${name}: allocates struct ${node.tag}, which is no known type`,
            'add it in models/types',
          );
        }
      }
    }
  }

  private useFields(operand: Operand, types: ReadonlyMap<string, CType>, where: string): void {
    switch (operand.kind) {
      case 'member': {
        this.useFields(operand.base, types, where);
        const base = typeOfOperand(operand.base, types, this.environment, where);
        this.usePath(base.kind === 'pointer' ? base.to : base, operand.path, where, operand);
        return;
      }
      case 'containerOf':
        this.useFields(operand.base, types, where);
        return this.usePath({ kind: 'struct', tag: operand.tag }, operand.path, where, operand);
      case 'element':
      case 'offset':
        this.useFields(operand.base, types, where);
        return this.useFields(operand.index, types, where);
      case 'unary':
      case 'convert':
        return this.useFields(operand.operand, types, where);
      case 'binary':
        this.useFields(operand.left, types, where);
        return this.useFields(operand.right, types, where);
      case 'symbol':
        typeOfOperand(operand, types, this.environment, where);
        return;
      case 'int':
      case 'local':
        return;
    }
  }

  private usePath(start: CType, path: readonly string[], where: string, operand: Operand): void {
    let type = start;
    for (const field of path) {
      const next = memberType(type, field, this.environment, where, operand);
      if (type.kind === 'struct') this.usedFields.add(`${type.tag}.${field}`);
      type = next;
    }
  }

  private chooseMonitors(): void {
    for (const lifecycle of lifecycles as readonly Lifecycle[]) {
      if (lifecycle.use !== 'monitor' || !this.lookupStruct(lifecycle.cType)) continue;
      const bound = (lifecycle.bindings ?? []).filter((binding) => this.programs.has(binding.function));
      if (bound.length === 0) continue;
      for (const { via } of bound) {
        if (via && 'containerOf' in via) this.usedFields.add(`${lifecycle.cType}.${via.containerOf}`);
      }
      const list = this.monitors.get(lifecycle.cType) ?? [];
      list.push(this.compile(lifecycle));
      this.monitors.set(lifecycle.cType, list);
    }
  }

  /** A field that only a return check reads. */
  private useResultField(name: string, field: string): void {
    const returns = this.programs.get(name)?.definition.returns;
    if (returns?.kind === 'pointer' && returns.to.kind === 'struct') this.usedFields.add(`${returns.to.tag}.${field}`);
  }

  // ---- layout ----

  private layout(tag: string): StructLayout {
    const known = this.layouts.get(tag);
    if (known) return known;
    const cell = this.cellTable(tag);
    if (cell) {
      const layout: StructLayout = {
        tag,
        size: 1,
        fields: new Map(),
        cells: [{ offset: 0, path: '', table: cell }],
        values: [],
        outputs: new Map(),
      };
      this.layouts.set(tag, layout);
      return layout;
    }
    const struct = this.lookupStruct(tag);
    if (!struct) throw new LinkError(`struct ${tag} is no known type`, 'add it in models/types');
    const fields = new Map<string, FieldLayout>();
    const cells: CellLayout[] = [];
    const values: number[] = [];
    const isUsed = ({ name }: StructField) => this.usedFields.has(`${tag}.${name}`);
    // A field that is not the first one never has the address of the whole object, also if the fields before it are dropped.
    let size = struct.fields.findIndex(isUsed) > 0 ? 1 : 0;
    for (const { name, type, documented, isCount } of struct.fields.filter(isUsed)) {
      fields.set(name, { name, type, offset: size, documented: documented ?? null, isCount: isCount ?? false });
      size += this.cellsOf(type, name, size, { cells, values });
    }
    const outputs = new Map<string, number>();
    for (const { name, documented } of struct.fields) {
      if (documented === 'out' || documented === 'in/out') outputs.set(name, size++);
    }
    for (const table of this.monitors.get(tag) ?? [])
      cells.push({ offset: size++, path: `@${table.lifecycle.id}`, table });
    const layout: StructLayout = { tag, size: Math.max(size, 1), fields, cells, values, outputs };
    this.layouts.set(tag, layout);
    return layout;
  }

  /** Size of a field in words; adds the cells and the other words inside it to `found`. */
  private cellsOf(type: CType, path: string, offset: number, found: { cells: CellLayout[]; values: number[] }): number {
    if (type.kind === 'struct') {
      const inner = this.layout(type.tag);
      for (const cell of inner.cells) {
        found.cells.push({
          ...cell,
          offset: offset + cell.offset,
          path: cell.path === '' ? path : `${path}.${cell.path}`,
        });
      }
      found.values.push(...inner.values.map((value) => offset + value));
      return inner.size;
    }
    if (type.kind === 'array') {
      const length = this.arrayLength(type.length);
      let size = 0;
      for (let index = 0; index < length; index += 1)
        size += this.cellsOf(type.of, `${path}[${index}]`, offset + size, found);
      return size;
    }
    found.values.push(offset);
    return 1;
  }

  private sizeOf(type: CType): number {
    if (type.kind === 'struct') return this.layout(type.tag).size;
    if (type.kind === 'array') return this.arrayLength(type.length) * this.sizeOf(type.of);
    return 1;
  }

  private arrayLength(length: number | string): number {
    if (typeof length === 'number') return length;
    const value = this.capacity(length, objectDefault);
    this.lengths.set(length, value);
    return value;
  }

  private capacity(name: string, fallback: number): number {
    return this.scenario.capacities[name] ?? kernelCapacities[name] ?? fallback;
  }

  // ---- places in the state vector ----

  private place(roots: readonly FunctionDefinition[]): {
    objects: ObjectSlot[];
    pools: Map<string, ObjectSlot[][]>;
    threads: ThreadSlot[];
    width: number;
    faultCounter: number;
    statics: Map<string, ObjectSlot>;
  } {
    const objects: ObjectSlot[] = [];
    const pools = new Map<string, ObjectSlot[][]>();
    const statics = new Map<string, ObjectSlot>();
    let at = nullPage;
    const faultCounter = this.options.faults === null ? -1 : at++;
    const add = (name: string, tag: string, isStatic: boolean): ObjectSlot => {
      const layout = this.layout(tag);
      if (layout.size >= nullPage)
        throw new LinkError(
          `struct ${tag} takes ${layout.size} words: arrays in it are too long`,
          'lower the capacities of the scenario',
        );
      const slot: ObjectSlot = { index: objects.length, name, tag, header: at, layout, static: isStatic };
      at += layout.size + 1;
      objects.push(slot);
      return slot;
    };
    for (const [name, text] of Object.entries(this.globals)) {
      if (!this.usedGlobals.has(name)) continue;
      statics.set(name, add(name, this.globalTag(name, text), true));
    }
    const files = new Map(
      this.scenario.processes.map((process) => [process, add(filesOf(process), 'files_struct', true)]),
    );
    for (const [process, slot] of files) statics.set(filesOf(process), slot);
    const tasks = this.scenario.threads.map((thread) => add(`task ${thread.name}`, 'task_struct', true));
    const tags = new Set<string>();
    for (const program of this.programs.values())
      for (const node of program.nodes) if (node.kind === 'alloc') tags.add(node.tag);
    for (const tag of [...tags].sort()) {
      const capacity = this.capacity(tag, objectDefault);
      pools.set(
        tag,
        this.scenario.threads.map((thread) =>
          Array.from({ length: capacity }, (_, index) =>
            add(`${tag}#${thread.name}${index === 0 ? '' : `.${index + 1}`}`, tag, false),
          ),
        ),
      );
    }
    const stack = this.capacity('STACK', stackDefault);
    const threads = roots.map((_, index): ThreadSlot => {
      const thread = this.scenario.threads[index]!;
      if (thread.process !== null && !files.has(thread.process)) {
        throw new LinkError(
          `scenario ${this.scenario.id}: thread '${thread.name}' is in process '${thread.process}', which is not listed`,
        );
      }
      const base = at;
      at += stack;
      return {
        index,
        name: thread.name,
        base,
        size: stack,
        task: tasks[index]!.header + 1,
        process: thread.process,
        daemon: thread.daemon ?? false,
        unregister: thread.unregister ?? false,
        root: 0,
      };
    });
    return { objects, pools, threads, width: at, faultCounter, statics };
  }

  private initialWords(
    statics: ReadonlyMap<string, ObjectSlot>,
    symbols: ReadonlyMap<string, number>,
  ): LinkedSystem['initialWords'] {
    const words: (readonly [address: number, word: number])[] = [];
    for (const [name, slot] of statics) {
      for (const [path, value] of Object.entries(this.resolved.initialValues[name] ?? {})) {
        const offset = this.offsetOf(slot.tag, path);
        // Nobody reads a field that has no place.
        if (offset === null) continue;
        words.push([slot.header + 1 + offset, this.initialWord(name, path, value, symbols)]);
      }
    }
    return words;
  }

  /** The word that a definition gives to a field: of a number, or of a function, global or table. */
  private initialWord(
    name: string,
    field: string,
    value: number | string,
    symbols: ReadonlyMap<string, number>,
  ): number {
    if (typeof value === 'string') return symbols.get(value)!;
    if (!fits(value)) throw new LinkError(`${name}.${field} is ${value}, which is too large a number for the model`);
    return integer(value);
  }

  /** Words from the start of a struct to `member.list[2].member` in it; null where that has no place. */
  private offsetOf(tag: string, path: string): number | null {
    let type: CType = { kind: 'struct', tag };
    let offset = 0;
    for (const [, field, index] of path.matchAll(/([A-Za-z_]\w*)|\[(\d+)\]/g)) {
      if (field !== undefined) {
        const found: FieldLayout | undefined =
          type.kind === 'struct' ? this.layout(type.tag).fields.get(field) : undefined;
        if (!found) return null;
        type = found.type;
        offset += found.offset;
      } else {
        if (type.kind !== 'array') return null;
        type = type.of;
        offset += Number(index) * this.sizeOf(type);
      }
    }
    return offset;
  }

  private placeConstants(symbols: Map<string, number>): Int32Array {
    let size = 0;
    const names = [...this.usedTables].sort();
    for (const name of names) {
      symbols.set(name, pointer(constantBase + size));
      size += this.layout(this.tables.get(name)!.type).size;
    }
    const words = new Int32Array(size);
    for (const name of names) {
      const table = this.tables.get(name)!;
      const start = (symbols.get(name)! >> 2) - constantBase;
      for (const [field, offset] of this.layout(table.type).fields) {
        const value = table.fields[field];
        if (value === undefined) continue;
        words[start + offset.offset] = this.initialWord(name, field, value, symbols);
      }
      const known = this.lookupStruct(table.type);
      for (const field of Object.keys(table.fields)) {
        if (!known?.fields.some((candidate) => candidate.name === field))
          throw new LinkError(`the table '${name}' sets '${field}', which struct ${table.type} has not`);
      }
    }
    return words;
  }

  // ---- functions and nodes ----

  private linkFunctions(
    index: ReadonlyMap<string, number>,
  ): Pick<LinkedSystem, 'functions' | 'nodes' | 'edges' | 'slotNames' | 'placeTypes'> {
    const functions: LinkedFunction[] = [];
    const nodes: LinkedNode[] = [];
    const slotNames = new Map<number, string>();
    const placeTypes = new Map<number, CType>();
    const waits = this.waitingFunctions();
    let edges = 0;
    for (const [name, program] of this.programs) {
      const linked = this.linkFunction(name, program, index.get(name)!, nodes.length, waits.has(name));
      functions.push(linked);
      const alwaysLive =
        linked.onReturn.length > 0 || linked.checksOutputsOf >= 0 || linked.returnChecks.length > 0
          ? program.definition.parameters.flatMap(({ name: parameter }) => [parameter, `${parameter} (passed)`])
          : [];
      const live = liveBefore(program, alwaysLive);
      const types = this.variableTypes.get(name)!;
      const base = nodes.length;
      const slots = [...linked.slots];
      const deadSlots = (names: ReadonlySet<string>, written: string | null) =>
        slots.filter(([variable]) => !names.has(variable) || variable === written).map(([, slot]) => slot);
      program.nodes.forEach((node, local) => {
        nodes.push({
          id: base + local,
          node: relocate(node, base),
          function: linked,
          firstEdge: edges,
          dead: deadSlots(live[local]!, null),
          deadDuringCall:
            node.kind === 'call' || node.kind === 'callIndirect' ? deadSlots(live[node.next]!, node.dst) : [],
        });
        edges += Math.max(1, successorsOf(node).length);
        if (node.kind === 'callIndirect') {
          const slot = this.slotOf(program, node.target, types);
          if (slot !== null) slotNames.set(base + local, slot);
        }
        if (node.kind === 'load' || node.kind === 'store' || node.kind === 'await')
          placeTypes.set(base + local, typeOfOperand(node.address, types, this.environment, name));
        if (node.kind === 'event') placeTypes.set(base + local, this.cellType(node.cell, types, name));
      });
    }
    return { functions, nodes, edges, slotNames, placeTypes };
  }

  private cellType(cell: Operand, types: ReadonlyMap<string, CType>, where: string): CType {
    const type = typeOfOperand(cell, types, this.environment, where);
    if (type.kind !== 'pointer' || type.to.kind !== 'struct' || !cellLifecycles.has(type.to.tag)) {
      throw new LinkError(`${where}: an event is applied to something that is no lifecycle cell`);
    }
    this.layout(type.to.tag);
    // Also where no object of the system holds such a cell: code that cannot run is linked all the same.
    this.layout(type.to.tag);
    return type;
  }

  private slotOf(program: Program, target: Operand, types: ReadonlyMap<string, CType>): string | null {
    if (target.kind !== 'local') return null;
    for (const node of program.nodes) {
      if (node.kind !== 'load' || node.dst !== target.name || node.address.kind !== 'member') continue;
      const base = typeOfOperand(node.address.base, types, this.environment, program.definition.name);
      if (base.kind === 'pointer' && base.to.kind === 'struct') return `${base.to.tag}.${node.address.path.join('.')}`;
    }
    return null;
  }

  private waitingFunctions(): ReadonlySet<string> {
    const waiting = new Set<string>();
    for (let grown = true; grown;) {
      grown = false;
      for (const [name, program] of this.programs) {
        if (waiting.has(name)) continue;
        const types = this.variableTypes.get(name)!;
        const waits = program.nodes.some((node) => {
          if (node.kind === 'call') return waiting.has(node.callee);
          if (node.kind !== 'event') return false;
          const type = this.cellType(node.cell, types, name);
          const table =
            type.kind === 'pointer' && type.to.kind === 'struct' ? this.tableOf(type.to.tag) : this.tableOf('memory');
          return table.events.some(
            (event, column) =>
              event.type === node.event &&
              table.states.some((_, state) => table.next[state * table.events.length + column] === -1),
          );
        });
        if (waits) {
          waiting.add(name);
          grown = true;
        }
      }
    }
    return waiting;
  }

  private linkFunction(name: string, program: Program, index: number, entry: number, mayWait: boolean): LinkedFunction {
    const { definition } = program;
    const slots = new Map(program.variables.map((variable, position) => [variable.name, position + 2]));
    const parameterSlots = definition.parameters.map(
      (parameter) => slots.get(`${parameter.name} (passed)`) ?? slots.get(parameter.name)!,
    );
    const named = definition.atomic?.shared ?? [];
    const shared = named
      .filter((parameter) => parameter !== '*')
      .map((parameter) => {
        const position = definition.parameters.findIndex((candidate) => candidate.name === parameter);
        if (position < 0) throw new LinkError(`${name}: 'shared' names '${parameter}', which is no parameter`);
        return position;
      });
    const bindings = (when: 'call' | 'return'): LinkedBinding[] => {
      const found: LinkedBinding[] = [];
      for (const tables of this.monitors.values()) {
        for (const table of tables) {
          for (const binding of table.lifecycle.bindings ?? []) {
            if (binding.function === name && binding.when === when)
              found.push(this.linkBinding(binding, table, definition, parameterSlots));
          }
        }
      }
      return found;
    };
    const locals = definition.locals.map((variable) => variable.name);
    const readFirst = liveBefore(program)[0]!;
    return {
      index,
      definition,
      program,
      entry,
      frameSize: program.variables.length + 2,
      slots,
      types: this.variableTypes.get(name)!,
      parameterSlots,
      unwrittenSlots: locals.filter((variable) => readFirst.has(variable)).map((variable) => slots.get(variable)!),
      atomic: definition.atomic !== undefined,
      shared,
      sharedAny: named.includes('*'),
      mayWait,
      onCall: bindings('call'),
      onReturn: bindings('return'),
      checksOutputsOf: name === 'sys_ioctl' ? 2 : -1,
      returnChecks: this.linkReturnChecks(definition, parameterSlots),
      sleeps: definition.sleeps ?? false,
    };
  }

  private linkReturnChecks(definition: FunctionDefinition, parameterSlots: readonly number[]): LinkedReturnCheck[] {
    const { name, returns } = definition;
    return returnChecks.flatMap((check) => {
      if (check.function !== name || returns.kind !== 'pointer' || returns.to.kind !== 'struct') return [];
      const field = this.layout(returns.to.tag).fields.get(check.field);
      const slot = parameterSlots[check.argument];
      return field && slot !== undefined ? [{ check, field: field.offset, slot }] : [];
    });
  }

  private linkBinding(
    binding: MonitorBinding,
    table: LifecycleTable,
    definition: FunctionDefinition,
    parameterSlots: readonly number[],
  ): LinkedBinding {
    const tag = table.lifecycle.cType;
    const layout = this.layout(tag);
    const cell = layout.cells.find((candidate) => candidate.path === `@${table.lifecycle.id}`);
    const column = table.column.get(binding.event);
    if (!cell || column === undefined)
      throw new LinkError(`monitor ${table.lifecycle.id}: cannot bind '${binding.event}' to ${definition.name}`);
    const slotOfArgument = (argument: number): number => {
      const slot = parameterSlots[argument];
      if (slot === undefined)
        throw new LinkError(`monitor ${table.lifecycle.id}: ${definition.name} has no argument ${argument}`);
      return slot;
    };
    const { object, via } = binding;
    let slot = -1;
    if (object === 'current') slot = -2;
    else if (object !== 'result') slot = slotOfArgument(object.argument);
    let field = -1;
    let back = 0;
    if (via && 'containerOf' in via) back = layout.fields.get(via.containerOf)!.offset;
    if (via && 'field' in via) {
      const type =
        object === 'result'
          ? definition.returns
          : definition.parameters[(object as { argument: number }).argument]!.type;
      const holder = type.kind === 'pointer' && type.to.kind === 'struct' ? this.layout(type.to.tag) : null;
      field = holder?.fields.get(via.field)?.offset ?? -1;
      if (field < 0)
        throw new LinkError(`monitor ${table.lifecycle.id}: ${definition.name} has no field '${via.field}' to follow`);
    }
    const outcomeOf = binding.outcomeOf;
    return {
      binding,
      table,
      slot,
      back,
      field,
      cell: cell.offset,
      column,
      outcomeSlot: outcomeOf === undefined ? -1 : slotOfArgument(outcomeOf),
    };
  }

  private outputHandlers(functions: readonly LinkedFunction[]): Map<string, number> {
    const handlers = new Map<string, number>();
    for (const { definition, entry, program } of functions) {
      if (definition.origin === 'kernel' || definition.origin === 'environment') continue;
      for (const { type } of definition.parameters) {
        if (type.kind !== 'pointer' || type.to.kind !== 'struct') continue;
        if ((this.layouts.get(type.to.tag)?.outputs.size ?? 0) > 0) {
          const withLine = program.nodes.findIndex((node) => node.span.line !== undefined);
          handlers.set(type.to.tag, entry + Math.max(withLine, 0));
        }
      }
    }
    return handlers;
  }

  private approximations(): string[] {
    const list: string[] = [...this.unknownNumbers];
    for (const program of this.programs.values()) {
      for (const { direction, what } of program.definition.approximations ?? []) {
        list.push(`${program.definition.name} (${direction}): ${what}`);
      }
    }
    return list;
  }
}

/** The node with its targets moved by `base`. */
function relocate(node: Node, base: number): Node {
  switch (node.kind) {
    case 'branch':
      return { ...node, then: node.then + base, otherwise: node.otherwise + base };
    case 'choose':
      return {
        ...node,
        alternatives: node.alternatives.map((alternative) => ({ ...alternative, next: alternative.next + base })),
      };
    case 'return':
      return node;
    default:
      return { ...node, next: node.next + base };
  }
}
