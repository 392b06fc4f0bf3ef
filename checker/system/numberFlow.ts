import { localsOfOperand, operandsOf } from '../../models/program/checkProgram.js';
import type { CType } from '../../models/program/cType.js';
import { conversion } from '../../models/program/intArithmetic.js';
import type { Node, Operand, Program } from '../../models/program/program.js';
import { printOperand } from '../../models/program/printProgram.js';
import type { NumberTest } from './numberTests.js';
import { functionOf } from './numberTests.js';
import type { TypeEnvironment } from './typeInference.js';
import { fieldAt, inferVariableTypes, pointee, typeOfOperand } from './typeInference.js';

/** What the flow of numbers has to know of the system. */
export interface FlowContext {
  readonly environment: TypeEnvironment;
  /** The number a name stands for; null for a function or a global. */
  constant(name: string): number | null;
  /** The functions that an indirect call may reach. */
  callees(program: Program, node: Node & { kind: 'callIndirect' }): readonly string[];
  /** The functions that setup calls. */
  readonly setup: readonly string[];
}

/** What is done with the numbers of one class. */
interface Use {
  /** What is computed of the number. */
  readonly operand: Operand;
  /** The class of places that get the result; null for a branch on it. */
  readonly into: string | null;
}

/** What code asks about the numbers that flow through a place. */
export interface Questions {
  readonly tests: readonly NumberTest[];
  /** Why the tests do not tell everything: the number meets another number, or selects something. */
  readonly more: readonly string[];
}

/** As many computations one after the other are looked through. */
const longestWay = 6;
/** As many computations are looked through for one number. */
const mostVisits = 1000;

/** A place behind a plain pointer to a number. */
const pointedTo = '*';

/**
 * Through which places numbers flow, without regard to the order of statements: variables, fields by (struct tag, field), what
 * functions return, and what plain pointers point to, which is one place.
 */
export class NumberFlow {
  private readonly context: FlowContext;
  private readonly programs: ReadonlyMap<string, Program>;
  private readonly parent = new Map<string, string>();
  private readonly uses = new Map<string, Use[]>();
  private readonly meets = new Map<string, Set<string>>();
  private readonly types = new Map<string, ReadonlyMap<string, CType>>();
  private readonly known = new Map<string, Questions>();
  private inSetup: ReadonlySet<string> | null = null;
  private visits = 0;

  constructor(programs: ReadonlyMap<string, Program>, context: FlowContext) {
    this.context = context;
    this.programs = programs;
    for (const program of programs.values()) this.joinPlaces(program);
    for (const program of programs.values()) this.noteUses(program);
  }

  /** Everything that is asked about what a local variable of a function gets. */
  questions(program: Program, local: string): Questions {
    const place = this.classOf(variable(program, local));
    let known = this.known.get(place);
    if (!known) {
      this.visits = 0;
      this.known.set(place, (known = this.questionsAbout(place, new Set())));
    }
    return known;
  }

  /** Whether a function may run during setup. */
  isInSetup(program: Program): boolean {
    return this.reachedInSetup().has(program.definition.name);
  }

  private reachedInSetup(): ReadonlySet<string> {
    if (this.inSetup) return this.inSetup;
    const reached = new Set<string>();
    const work = [...this.context.setup];
    for (let name = work.pop(); name !== undefined; name = work.pop()) {
      const program = this.programs.get(name);
      if (!program || reached.has(name)) continue;
      reached.add(name);
      for (const node of program.nodes) {
        if (node.kind !== 'call' && node.kind !== 'callIndirect') continue;
        work.push(...this.calleesOf(program, node).map(({ definition }) => definition.name));
      }
    }
    this.inSetup = reached;
    return reached;
  }

  // ---- places ----

  private joinPlaces(program: Program): void {
    const { name } = program.definition;
    const copy = (value: Operand | null, place: string | null) => {
      const source = value && copied(value);
      if (source !== null && place !== null) this.join(variable(program, source), place);
    };
    for (const node of program.nodes) {
      switch (node.kind) {
        case 'assign':
          copy(node.value, variable(program, node.dst));
          break;
        case 'load':
          this.joinIf(variable(program, node.dst), this.placeOf(program, node.address));
          break;
        case 'store':
          copy(node.value, this.placeOf(program, node.address));
          break;
        case 'call':
        case 'callIndirect':
          for (const callee of this.calleesOf(program, node)) {
            if (node.dst !== null) this.join(variable(program, node.dst), returned(callee.definition.name));
            node.args.forEach((arg, position) => copy(arg, parameter(callee, position)));
          }
          break;
        case 'return':
          copy(node.value, returned(name));
          break;
        default:
      }
      for (const operand of valuesOf(node)) this.joinAddresses(program, operand);
    }
  }

  /** A place whose address is a value may be what any plain pointer points to. */
  private joinAddresses(program: Program, operand: Operand): void {
    if (operand.kind === 'convert') return this.joinAddresses(program, operand.operand);
    if (operand.kind !== 'member' && operand.kind !== 'element') return;
    const type = typeOfOperand(operand, this.typesOf(program), this.context.environment, program.definition.name);
    if (pointee(type).kind !== 'struct') this.joinIf(this.placeOf(program, operand), pointedTo);
  }

  private placeOf(program: Program, address: Operand): string | null {
    switch (address.kind) {
      case 'member': {
        const field = fieldAt(address, this.typesOf(program), this.context.environment, program.definition.name);
        return field && `${field.tag}.${field.name}`;
      }
      case 'element':
        return this.placeOf(program, address.base);
      case 'local':
      case 'offset':
      case 'convert':
        return pointedTo;
      default:
        return null;
    }
  }

  private calleesOf(program: Program, node: Node & { kind: 'call' | 'callIndirect' }): Program[] {
    const names = node.kind === 'call' ? [node.callee] : this.context.callees(program, node);
    return names.flatMap((name) => this.programs.get(name) ?? []);
  }

  private typesOf(program: Program): ReadonlyMap<string, CType> {
    const { name } = program.definition;
    let types = this.types.get(name);
    if (!types) this.types.set(name, (types = inferVariableTypes(program, this.context.environment)));
    return types;
  }

  private classOf(place: string): string {
    let root = place;
    for (let up = this.parent.get(root); up !== undefined; up = this.parent.get(root)) root = up;
    if (root !== place) this.parent.set(place, root);
    return root;
  }

  private join(one: string, other: string): void {
    const [a, b] = [this.classOf(one), this.classOf(other)];
    if (a !== b) this.parent.set(a, b);
  }

  private joinIf(one: string | null, other: string | null): void {
    if (one !== null && other !== null) this.join(one, other);
  }

  // ---- uses ----

  private noteUses(program: Program): void {
    const where = program.definition.name;
    const use = (operand: Operand | null, place: string | null) => {
      if (!operand) return;
      if (place !== null && copied(operand) !== null) return;
      this.noteUse(program, operand, place);
    };
    for (const node of program.nodes) {
      switch (node.kind) {
        case 'branch':
          use(node.condition, null);
          break;
        case 'assign':
          use(node.value, variable(program, node.dst));
          break;
        case 'store':
          use(node.value, this.placeOf(program, node.address) ?? `nowhere in ${where}`);
          break;
        case 'call':
        case 'callIndirect':
          for (const callee of this.calleesOf(program, node))
            node.args.forEach((arg, position) => use(arg, parameter(callee, position)));
          break;
        case 'return':
          use(node.value, returned(where));
          break;
        case 'event':
          for (const arg of node.args) this.meet(program, arg, `an argument of the event '${node.event}' in ${where}`);
          break;
        case 'await': {
          const place = this.placeOf(program, node.address);
          if (place !== null) this.addUse(this.classOf(place), { operand: { kind: 'local', name: '' }, into: null });
          break;
        }
        default:
      }
      for (const operand of operandsOf(node)) this.noteIndexes(program, operand);
    }
  }

  private noteUse(program: Program, operand: Operand, place: string | null): void {
    const classes = new Set(localsOfOperand(operand).map((local) => this.classOf(variable(program, local))));
    const { name } = program.definition;
    const isSingle = new Set(localsOfOperand(operand)).size === 1;
    for (const one of classes) {
      if (isSingle) this.addUse(one, { operand, into: place === null ? null : this.classOf(place) });
      else this.meetClass(one, `it meets another number in ${printOperand(operand)} in ${name}`);
    }
  }

  private addUse(place: string, use: Use): void {
    const list = this.uses.get(place);
    if (list) list.push(use);
    else this.uses.set(place, [use]);
  }

  private noteIndexes(program: Program, operand: Operand): void {
    switch (operand.kind) {
      case 'element':
      case 'offset':
        this.noteIndexes(program, operand.base);
        return this.meet(program, operand.index, `an index in ${program.definition.name}`);
      case 'member':
      case 'containerOf':
        return this.noteIndexes(program, operand.base);
      case 'unary':
      case 'convert':
        return this.noteIndexes(program, operand.operand);
      case 'binary':
        this.noteIndexes(program, operand.left);
        return this.noteIndexes(program, operand.right);
      case 'int':
      case 'local':
      case 'symbol':
        return;
    }
  }

  private meet(program: Program, operand: Operand, what: string): void {
    for (const local of localsOfOperand(operand))
      this.meetClass(this.classOf(variable(program, local)), `it is ${what}`);
  }

  private meetClass(place: string, what: string): void {
    const list = this.meets.get(place);
    if (list) list.add(what);
    else this.meets.set(place, new Set([what]));
  }

  // ---- questions ----

  private questionsAbout(place: string, seen: ReadonlySet<string>): Questions {
    const tests: NumberTest[] = [];
    const more = [...(this.meets.get(place) ?? [])];
    const inside = new Set([...seen, place]);
    for (const { operand, into } of this.uses.get(place) ?? []) {
      const found = functionOf(operand, (name) => this.context.constant(name));
      if (!found) continue;
      const { compute, constants } = found;
      if (into === null) {
        tests.push({ truth: compute, constants, text: textOf(operand) });
        continue;
      }
      this.visits += 1;
      if (inside.has(into) || inside.size > longestWay || this.visits > mostVisits) {
        more.push(`it is computed again and again, by ${printOperand(operand)}`);
        continue;
      }
      const behind = this.questionsAbout(into, inside);
      more.push(...behind.more);
      for (const test of behind.tests) {
        const truth = (value: number) => {
          const result = compute(value);
          return result === null ? null : test.truth(result);
        };
        tests.push({ truth, constants: [...constants, ...test.constants], text: null });
      }
    }
    return { tests, more: [...new Set(more)] };
  }
}

/** `size > 4` with the number's own name left open. */
function textOf(operand: Operand): string | null {
  if (operand.kind !== 'binary' || !['==', '!=', '<', '<=', '>', '>='].includes(operand.operator)) return null;
  const [left, right] = [unconverted(operand.left), unconverted(operand.right)];
  return left.kind === 'local' ? `? ${operand.operator} ${printOperand(right)}` : null;
}

function unconverted(operand: Operand): Operand {
  return operand.kind === 'convert' ? unconverted(operand.operand) : operand;
}

/** The local variable whose value an operand passes on unchanged, or null. */
function copied(operand: Operand): string | null {
  if (operand.kind === 'local') return operand.name;
  if (operand.kind !== 'convert' || operand.to === 'bool' || conversion(operand.from, operand.to)) return null;
  return copied(operand.operand);
}

/** Operands whose value goes somewhere: not the address of an access. */
function valuesOf(node: Node): readonly Operand[] {
  switch (node.kind) {
    case 'assign':
    case 'store':
      return [node.value];
    case 'call':
    case 'callIndirect':
      return node.args;
    case 'return':
      return node.value ? [node.value] : [];
    default:
      return [];
  }
}

function variable(program: Program, name: string): string {
  return `${program.definition.name}: ${name}`;
}

function returned(name: string): string {
  return `${name}()`;
}

function parameter(callee: Program, position: number): string | null {
  const name = callee.definition.parameters[position]?.name;
  if (name === undefined) return null;
  const passed = `${name} (passed)`;
  return variable(callee, callee.variables.some((candidate) => candidate.name === passed) ? passed : name);
}
