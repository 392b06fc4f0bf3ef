import type { Interpreter } from '../../system/interpreter.js';
import { lockCellsOf } from '../../system/lockCells.js';
import { pathAt } from '../../system/pathAt.js';
import { headerReturned, headerShared, headerState } from '../../system/header.js';
import { brokenField, UnstableField } from '../../system/sharedWords.js';
import type { LifecycleTable } from '../../../models/lifecycles/lifecycle.js';
import { apply, canMakeUp, canSwap, endsWith, improves, noBetterStates } from './eventOrder.js';

/** How a step commutes with the steps of other threads (R. J. Lipton, Reduction, CACM 1975). */
const moverBoth = 0;
/** Another thread's step that follows it could as well come first: taking a lock. */
export const moverRight = 1;
/** Another thread's step that precedes it could as well come later: giving a lock back. */
export const moverLeft = 2;
export const moverNone = 3;

/**
 * Beside a right mover, as a bit: it can be put off only as long as the thread does not make up for it. Of two such steps each may break something,
 * or bring a cell to its end, when the other one came before; neither alone does. That is seen if one of them is made and its thread stops
 * before it may make up for it: see `Transactions`.
 */
export const putOff = 4;

/** In the set of weakened assumptions: locks are taken inside each other in both orders somewhere. */
export const cyclicLocks = 'locks in both orders';

/** Behind a struct tag in the same set: such objects are freed while other threads can reach them. */
const freed = ' (freed)';

/** How the cells of a field were used in some part of an exploration. */
export interface FieldUse {
  /** `struct tag.path`. */
  readonly field: string;
  /** Event types that were applied while others could reach the cell. */
  readonly events: readonly string[];
  /** States that steps brought such cells to, and the number of states if the memory of one ended. */
  readonly entered: readonly number[];
}

/** What the cells of one field of one struct are used for. */
interface CellClass {
  /** `struct tag.path`, elements of an array as one. */
  readonly name: string;
  readonly table: LifecycleTable;
  /** Stands for the class in sets of classes, and for some others if there are many; 0 if nothing can make up for anything on such a cell. */
  readonly bit: number;
  /** Event types that steps applied to such a cell while other threads could reach it. */
  readonly events: Set<string>;
  /** An operation on such a cell broke a property: what commutes then is not looked into. */
  isBroken: boolean;
  /** No such cell comes to a state in `ends`, as far as is known. */
  lasts: boolean;
  /** States in which a cell ends, as a set: see `endsOf`. Worked out when it is asked for. */
  ends: Uint8Array | null;
  /** By two states, whether the second is no better: see `noBetterStates`. Worked out when it is asked for. */
  noBetter: Uint8Array | null;
  /** States that steps brought such cells to, as a set; the last element stands for the end of the memory that the cell was in. */
  readonly entered: Uint8Array;
  /** By column: the mover, worked out when it is asked for. */
  movers: Map<number, number>;
  /** By column: whether the event may make up for one that was put off; worked out when it is asked for. */
  makesUp: Map<number, boolean>;
}

/**
 * Which steps commute, worked out from the lifecycle tables: an event is a right mover if in every state that the cell can be in,
 * each event of another thread that is used on such cells, coming after it, could come before it with the same results and the
 * same state behind; a left mover the other way round. Nothing is labelled by hand: that taking a mutex is a right
 * mover, giving it back a left one, and that references can be taken in any order follows from the machines.
 *
 * It is assumed of a field's cells that no operation on them breaks a property (`settle`), and that other event types than those seen so far are
 * not used on them. An assumption that turns out to be wrong is thrown as `UnstableField`, and the search starts again
 * without it, as with the assumptions about shared words.
 *
 * Memory that can be freed makes a difference: an access to it may not move in front of another thread's free, which could make
 * it a use after free that nobody sees. So only cells of objects that are never freed while others can reach them are left movers;
 * which those are is assumed by struct tag, and found out. Moving behind the free is no loss: the access is found to be wrong
 * there; but a lock in such memory is no mover at all, since giving it back accesses it once more if somebody waits, and nobody can
 * come to wait in the middle of a transaction. In the same way a free is a left mover: an access of another thread that comes before it, moved behind it, is found.
 */
export class Movers {
  private readonly interpreter: Interpreter;
  private readonly weakened: ReadonlySet<string>;
  private readonly classes = new Map<string, CellClass>();
  /** Event types that others used, by field. */
  private readonly elsewhere = new Map<string, ReadonlySet<string>>();
  private readonly classAt: (CellClass | null | undefined)[] = [];
  /** By object: what `canBeFreed` says, unless it is still being learned. */
  private readonly canFree: Uint8Array;
  private readonly lockAddresses: ReadonlySet<number>;
  private readonly objectOf: Int32Array;
  private readonly live: number;
  /** A field on whose cells an operation broke a property although it was assumed that none does. */
  private brokenClass: string | null = null;
  private readonly learned: Set<string> | null;
  private readonly mayPutOff: boolean;
  /** By name of a class on whose cells events make up for others: its bit, the same in each part of a search. */
  private readonly bits = new Map<string, number>();

  /** With `learned`, what contradicts an assumption is put there, and not thrown. Without `mayPutOff` no mover has that bit. */
  constructor(
    interpreter: Interpreter,
    weakened: ReadonlySet<string>,
    learned: Set<string> | null = null,
    mayPutOff = true,
  ) {
    const { system } = interpreter;
    this.mayPutOff = mayPutOff;
    this.interpreter = interpreter;
    this.weakened = weakened;
    this.learned = learned;
    const { memory } = system;
    this.live = memory.next[memory.column.get('alloc')!]!;
    this.canFree = Uint8Array.from(system.objects, ({ index }) => (this.isFreed(index) ? 1 : 0));
    this.lockAddresses = new Set(lockCellsOf(system).map((cell) => cell.address));
    this.objectOf = new Int32Array(system.width).fill(-1);
    for (const object of system.objects)
      this.objectOf.fill(object.index, object.header, object.header + object.layout.size + 1);
  }

  /** The mover of the step that the interpreter just made, in the state with the words `before`. */
  ofLastStep(before: Int32Array): number {
    const { interpreter } = this;
    const { visibleLog } = interpreter;
    for (let at = 0; at < visibleLog.length; at += 2) {
      const used = visibleLog[at + 1]! < 0 ? null : this.classOf(visibleLog[at]!);
      if (used) this.notice(used, visibleLog[at + 1]!);
    }
    this.noticeEnds(before);
    this.noticeFree();
    if (interpreter.visibles === 0) return moverBoth;
    const cell = this.classOf(interpreter.visiblePlace);
    if (interpreter.visibles > 1) return moverNone;
    if (interpreter.visibleColumn === -2) return interpreter.violations.length > 0 ? moverNone : moverLeft;
    if (!cell || interpreter.visibleColumn < 0 || interpreter.violations.length > 0) return moverNone;
    const found = this.moverOf(cell, interpreter.visibleColumn);
    const mover = found & ~putOff;
    const canBeFreed = this.canBeFreed(this.objectOf[interpreter.visiblePlace]!);
    // Who gives a lock back accesses it once more if somebody waits, so it matters who can come to wait while it is held.
    if (canBeFreed && this.lockAddresses.has(interpreter.visiblePlace)) return moverNone;
    return mover === moverLeft && canBeFreed
      ? moverNone
      : mover === moverBoth && canBeFreed
        ? found | moverRight
        : found;
  }

  /** The class of the cell that the last step used, which has the bit `putOff`, as a set of its bit. */
  putOffByLastStep(): number {
    return this.classOf(this.interpreter.visiblePlace)!.bit;
  }

  /** Classes on whose cells the last step may have made up for what was put off before it, as a set of their bits. */
  madeUpByLastStep(): number {
    const { visibleLog } = this.interpreter;
    let classes = 0;
    for (let at = 0; at < visibleLog.length; at += 2) {
      const column = visibleLog[at + 1]!;
      const cell = column < 0 ? null : this.classOf(visibleLog[at]!);
      if (cell && cell.bit !== 0 && this.makesUp(cell, column)) classes |= cell.bit;
    }
    return classes;
  }

  /** How the cells of each field were used, as plain data. */
  used(): FieldUse[] {
    return [...this.classes.values()].map(({ name, events, entered }) => ({
      field: name,
      events: [...events],
      entered: [...entered.keys()].filter((state) => entered[state] === 1),
    }));
  }

  /** The field on whose cells an operation broke a property although it was assumed that none does; null for none. */
  get broken(): string | null {
    return this.brokenClass;
  }

  /** Takes over what another part of the same exploration used. Throws `UnstableField` if both together contradict an assumption. */
  absorb(used: readonly FieldUse[], brokenClass: string | null): void {
    this.brokenClass ??= brokenClass;
    this.interpreter.violations.length = 0;
    for (const { field, events } of used)
      this.elsewhere.set(field, new Set([...(this.elsewhere.get(field) ?? []), ...events]));
    for (const cell of this.classes.values()) {
      for (const type of this.elsewhere.get(cell.name) ?? []) {
        const column = cell.table.events.findIndex((event) => event.type === type);
        if (!cell.events.has(type)) this.notice(cell, column);
      }
      for (const { entered } of used.filter(({ field }) => field === cell.name))
        for (const state of entered) cell.entered[state] = 1;
      if (cell.lasts && this.hasEnded(cell)) this.noticeEnd(cell);
    }
  }

  /**
   * To be called when a search is over: throws if an operation broke a property where none was expected to. What was found is
   * right, and where a path was cut something was found that has to be repaired first; but where none was, every finding counts.
   */
  settle(cuts: number): void {
    if (this.brokenClass !== null && cuts === 0) throw new UnstableField(broken(this.brokenClass));
  }

  /** Which operations move, a sentence for each kind; and what was given up. */
  reasons(): string[] {
    const named = new Map<number, Set<string>>();
    for (const { name, table, movers } of this.classes.values()) {
      for (const [column, mover] of movers) {
        const direction = mover & ~putOff;
        const operations = named.get(direction) ?? new Set<string>();
        operations.add(`${table.events[column]!.type} of ${name}`);
        named.set(direction, operations);
      }
    }
    const list = (mover: number) => [...(named.get(mover) ?? [])].sort().join(', ');
    const sentences = [
      [moverRight, 'can come later than what others do next'],
      [moverLeft, 'can come earlier than what others did before'],
      [moverBoth, 'can come earlier or later'],
    ] as const;
    return [
      ...sentences.filter(([mover]) => named.has(mover)).map(([mover, what]) => `${what}: ${list(mover)}`),
      ...(this.weakened.has(cyclicLocks) ? ['locks are taken inside each other in both orders, so not in one go'] : []),
    ];
  }

  /** Whether objects like this one are freed while other threads can reach them. */
  canBeFreed(object: number): boolean {
    return this.learned ? this.isFreed(object) : this.canFree[object] === 1;
  }

  private isFreed(object: number): boolean {
    const { tag, static: isStatic } = this.interpreter.system.objects[object]!;
    return !isStatic && this.weakened.has(`${tag}${freed}`);
  }

  /** The object that the last step freed, -1 for none. */
  freedByLastStep(): number {
    const { visibles, visiblePlace, visibleColumn } = this.interpreter;
    return visibles === 1 && visibleColumn === -2 ? this.objectOf[visiblePlace]! : -1;
  }

  /** Whether the visible operation of the last step can have to wait, and whether it takes a lock. */
  waitOfLastStep(): { readonly mayWait: boolean; readonly takesLock: boolean } {
    const { visibles, visiblePlace, visibleColumn } = this.interpreter;
    const cell = visibles === 0 || visibleColumn < 0 ? null : this.classOf(visiblePlace);
    if (!cell) return { mayWait: false, takesLock: false };
    const { table } = cell;
    const mayWait = table.states.some((_, state) => table.next[state * table.events.length + visibleColumn] === -1);
    return { mayWait, takesLock: mayWait && this.lockAddresses.has(visiblePlace) };
  }

  private bitOf(name: string, table: LifecycleTable): number {
    if (this.bits.size === 0) {
      // All there can be, in an order that does not depend on what comes first.
      const { system } = this.interpreter;
      const names = new Set<string>();
      for (const { tag, layout } of system.objects)
        for (const { offset, table: other } of layout.cells)
          if (canMakeUp(other)) names.add(classNameOf(tag, pathAt(system, layout, offset)));
      for (const [index, one] of [...names].sort().entries()) this.bits.set(one, 1 << (index % classBits));
    }
    return canMakeUp(table) ? this.bits.get(name)! : 0;
  }

  private classOf(address: number): CellClass | null {
    const known = this.classAt[address];
    if (known !== undefined) return known;
    const { system } = this.interpreter;
    const object = system.objects[this.objectOf[address]!];
    const offset = object ? address - object.header - 1 : -1;
    const cell = object?.layout.cells.find((candidate) => candidate.offset === offset);
    if (!object || !cell) {
      this.classAt[address] = null;
      return null;
    }
    const name = classNameOf(object.tag, pathAt(system, object.layout, offset));
    let found = this.classes.get(name);
    if (!found) {
      const events = [...this.weakened].filter((text) => text.startsWith(`${name} @`));
      found = {
        name,
        table: cell.table,
        bit: this.bitOf(name, cell.table),
        events: new Set([...events.map((text) => text.slice(name.length + 2)), ...(this.elsewhere.get(name) ?? [])]),
        isBroken: this.weakened.has(broken(name)),
        lasts: !this.weakened.has(ending(name)),
        ends: null,
        noBetter: null,
        entered: new Uint8Array(cell.table.states.length + 1),
        movers: new Map(),
        makesUp: new Map(),
      };
      this.classes.set(name, found);
    }
    this.classAt[address] = found;
    return found;
  }

  /**
   * Memory that others can reach is freed: the last step did so, or an atomic function among other things. Memory that they could reach
   * once counts as well: in another order of the same steps they may still be able to.
   */
  private noticeFree(): void {
    const { interpreter } = this;
    const { objects } = interpreter.system;
    for (let index = 0; index < interpreter.changes; index += 1) {
      const object = objects[interpreter.changed[index]!];
      if (!object || object.static) continue;
      const header = interpreter.words[object.header]! >> 2;
      const isFreed = (header & headerState) !== 0 && (header & headerState) !== this.live;
      if (!isFreed || (header & (headerShared | headerReturned)) === 0) continue;
      if (!this.weakened.has(`${object.tag}${freed}`)) this.weaken(`${object.tag}${freed}`);
    }
  }

  /** The last step brought cells to their ends, or ended the memory they are in; whether others can reach that makes no difference. */
  private noticeEnds(before: Int32Array): void {
    const { interpreter, live } = this;
    const { words } = interpreter;
    const { objects } = interpreter.system;
    const isLive = (header: number) => ((header >> 2) & headerState) === live;
    for (let index = 0; index < interpreter.changes; index += 1) {
      const object = objects[interpreter.objectOf[interpreter.changed[index]!]!];
      if (!object || !isLive(before[object.header]!)) continue;
      for (const { offset } of object.layout.cells) {
        const at = object.header + 1 + offset;
        const cell = this.classOf(at);
        if (!cell?.lasts) continue;
        if (words[at] !== before[at]) cell.entered[words[at]! >> 2] = 1;
        if (!isLive(words[object.header]!)) cell.entered[cell.table.states.length] = 1;
        if (this.hasEnded(cell)) this.noticeEnd(cell);
      }
    }
  }

  /** Whether a cell of these was brought to its end, or its memory before it. */
  private hasEnded(cell: CellClass): boolean {
    const ends = this.endsOf(cell);
    const { entered } = cell;
    const died = entered[ends.length] === 1;
    return ends.some((isEnd, state) => isEnd === 1 && (died || entered[state] === 1));
  }

  private noticeEnd(cell: CellClass): void {
    cell.lasts = false;
    const isOther = this.judgeAgain(cell);
    if (this.learned || isOther()) this.weaken(ending(cell.name));
  }

  /** Forgets what follows from what was assumed of a class, and gives whether what was relied on turns out to be different now. */
  private judgeAgain(cell: CellClass): () => boolean {
    const { movers, makesUp } = cell;
    cell.noBetter = null;
    cell.movers = new Map();
    cell.makesUp = new Map();
    return () =>
      [...movers].some(([column, mover]) => this.moverOf(cell, column) !== mover) ||
      [...makesUp].some(([column, known]) => this.makesUp(cell, column) !== known);
  }

  /**
   * The states in which a cell ends, as a set: nothing that is used leads out of them without breaking something, and whoever brings a cell
   * there is told so by the result, as by that of the last put.
   */
  private endsOf(cell: CellClass): Uint8Array {
    if (cell.ends) return cell.ends;
    const { table, events } = cell;
    const used = Array.from(table.events.keys()).filter((column) => events.has(table.events[column]!.type));
    const stays = (state: number) =>
      used.every((column) => {
        const after = apply(table, state, column);
        return !after || after.breaks || (after.state === state && !after.isBeyond);
      });
    const ends = Uint8Array.from(table.states, (_, state) => (stays(state) ? 1 : 0));
    const told = new Uint8Array(ends.length);
    for (const state of table.states.keys()) {
      if (ends[state] === 1) continue;
      for (const column of used) {
        const after = apply(table, state, column);
        if (after && !after.breaks && !after.isBeyond && after.result !== 0 && ends[after.state] === 1)
          told[after.state] = 1;
      }
    }
    cell.ends = told;
    return told;
  }

  /** The states in which a cell is assumed not to be; what brings it there goes wrong. */
  private endsNow(cell: CellClass): Uint8Array {
    return cell.lasts ? this.endsOf(cell) : noStates;
  }

  private weaken(assumption: string): void {
    if (!this.learned) throw new UnstableField(assumption);
    this.learned.add(assumption);
  }

  /** An event is applied to a cell; throws if something was assumed that it contradicts. */
  private notice(cell: CellClass, column: number): void {
    const { interpreter } = this;
    if (!cell.isBroken && interpreter.violations.length > 0) {
      const path = cell.name.slice(cell.name.indexOf('.') + 1);
      const isIts = interpreter.violations.some((violation) => violation.cell.replace(/\[\d+\]/g, '[]') === path);
      if (isIts) this.brokenClass ??= cell.name;
    }
    const { type } = cell.table.events[column]!;
    if (cell.events.has(type)) return;
    cell.events.add(type);
    cell.ends = null;
    cell.noBetter = null;
    if (cell.lasts && this.hasEnded(cell)) this.noticeEnd(cell);
    const isOther = this.judgeAgain(cell);
    // What was taken for a mover must be one still, or what was done on that ground has to be done again.
    if (this.learned || isOther()) this.weaken(`${cell.name} @${type}`);
  }

  private moverOf(cell: CellClass, column: number): number {
    if (cell.isBroken) return moverNone;
    let mover = cell.movers.get(column);
    if (mover === undefined) {
      const right = this.isMover(cell, column, 'right');
      const left = this.isMover(cell, column, 'left');
      const isPutOff = !right && this.mayPutOff && cell.bit !== 0 && this.isMover(cell, column, 'right', true);
      const goesRight = right || isPutOff;
      mover = goesRight && left ? moverBoth : goesRight ? moverRight : left ? moverLeft : moverNone;
      if (isPutOff) mover |= putOff;
      cell.movers.set(column, mover);
    }
    return mover;
  }

  /** Whether an event can leave a cell better than it was, so that less goes wrong with it: see `noBetterStates`. */
  private makesUp(cell: CellClass, column: number): boolean {
    let known = cell.makesUp.get(column);
    if (known === undefined) cell.makesUp.set(column, (known = this.mayImprove(cell, column)));
    return known;
  }

  private mayImprove(cell: CellClass, column: number): boolean {
    const { table, events } = cell;
    const isEnd = this.endsNow(cell);
    const used = [...table.events.keys()].filter((other) => events.has(table.events[other]!.type));
    const noBetter = (cell.noBetter ??= noBetterStates(table, used, isEnd));
    return improves(table, noBetter, isEnd, column);
  }

  /** With `isPutOff`, what goes wrong only after two steps that each can be put off is seen in another way. */
  private isMover(cell: CellClass, column: number, direction: 'left' | 'right', isPutOff = false): boolean {
    const { table } = cell;
    const own = table.events[column]!;
    const takesThread = (type: string) =>
      table.lifecycle.events.find((event) => event.type === type)?.parameter?.limit === 'thread';
    return table.events.every((other, otherColumn) => {
      if (!cell.events.has(other.type)) return true;
      // The same thread does not overtake itself.
      if (takesThread(own.type) && takesThread(other.type) && own.value === other.value) return true;
      if (direction === 'left' || isPutOff) return this.commutes(cell, column, otherColumn, direction, true);
      // What goes wrong in the order that is seen goes wrong behind the other step. If that one can be put off too, its thread does not
      // stop there, but goes on to what may make up for it: each would wait for the other, and neither order would be seen.
      const putsOff = this.commutes(cell, otherColumn, column, direction, true);
      return this.commutes(cell, column, otherColumn, direction, !putsOff);
    });
  }

  /**
   * Whether an event commutes with one of another thread in all states: others may have got the cell into any of them before the order of
   * the two matters. `seesSecond`: what goes wrong when both were made, in the order that is seen, is seen.
   */
  private commutes(
    cell: CellClass,
    column: number,
    otherColumn: number,
    direction: 'left' | 'right',
    seesSecond: boolean,
  ): boolean {
    const { table } = cell;
    const ends = this.endsNow(cell);
    const [first, then] = direction === 'left' ? [otherColumn, column] : [column, otherColumn];
    return table.states.every((_, state) => {
      if (ends[state] === 1) return true;
      // What the event itself breaks, or brings to its end, is seen when it is made.
      const made = direction === 'right' ? apply(table, state, column) : null;
      if (made && (made.breaks || made.isBeyond || ends[made.state] === 1)) return true;
      // An end that nobody expects has to be seen in the other order too.
      if (endsWith(table, ends, state, first, then)) {
        if (seesSecond) return endsWith(table, ends, state, then, first);
        const alone = apply(table, state, then);
        return alone !== null && !alone.breaks && !alone.isBeyond && ends[alone.state] === 1;
      }
      return canSwap(table, state, first, then, seesSecond);
    });
  }
}

const noStates = new Uint8Array(0);
/** Classes that have a bit of their own. */
const classBits = 26;

function classNameOf(tag: string, path: string): string {
  return `${tag}.${path.replace(/\[\d+\]/g, '[]')}`;
}

function broken(name: string): string {
  return `${name}${brokenField}`;
}

function ending(name: string): string {
  return `${name} (ends)`;
}
