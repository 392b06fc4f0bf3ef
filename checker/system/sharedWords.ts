import type { LinkedSystem, ObjectSlot } from './linkedSystem.js';
import { pathAt } from './pathAt.js';

/** What is assumed of a word of a shared object; a wrong assumption is found out, and exploration starts again without it. */
const constant = 0;
const exclusive = 1;
const locked = 2;
const open = 3;

const suffixes = ['', ' (one thread)', ' (locked)', ' (open)'] as const;

/** Put into the set of assumptions, it turns all of them off: every access to shared memory is a visible operation. */
export const noAssumptions = '*';

/** Behind the name of a field in the same set: an operation on such a cell broke a property, and its lifecycle vouches for nothing. */
export const brokenField = ' (broken)';

/** An assumption about a field of shared objects does not hold: exploration starts again with the weaker one in `field`. */
export class UnstableField extends Error {
  override readonly name = 'UnstableField';
  /** Struct tag, path and the assumption that is left, for example `tee_device.num_users (locked)`. */
  readonly field: string;
  /** The state in which the step begins that showed it, if somebody noted it: more may be wrong near there. */
  state: Int32Array | null = null;
  constructor(field: string) {
    super(`an assumption about shared data does not hold, what is left is: ${field}`);
    this.field = field;
  }
}

/**
 * Which accesses to shared memory other threads can notice.
 *
 * Each field is first assumed never to change once its object is shared; then to be accessed by one thread only; then always
 * under one and the same lock. As long as an assumption holds in the whole exploration, accesses to the field commute with
 * every step of other threads except the end of the object's memory, so they need no step of their own: they are made
 * together with the next visible operation of the thread (R. J. Lipton, Reduction, CACM 1975; the third one is the lockset
 * discipline of Savage et al., Eraser, 1997, checked on every access of every path). The access stays in front of that
 * operation, so memory that another thread frees in between is still seen to be freed.
 *
 * Fields are told apart by struct tag and path, elements of an array are one field. Lock cells and everything that can wait
 * are always visible.
 */
export class SharedWords {
  readonly level: Uint8Array;
  /** Thread that accesses a word of an `exclusive` field, -1 before the first access. */
  readonly owner: Int8Array;
  /** Locks (by position in `lockCells`) held at every access so far to a word of a `locked` field; -1 before the first. */
  readonly lockset: Int32Array;
  private readonly fields: Fields;
  /** False where somebody breaks a lock: who holds it then is nobody's guard, and no field counts as guarded. */
  private locksHold = true;

  constructor(system: LinkedSystem, weakened: ReadonlySet<string>) {
    this.fields = fieldsOf(system);
    this.level = this.fields.levels.slice();
    this.owner = new Int8Array(system.width).fill(-1);
    this.lockset = new Int32Array(system.width).fill(-1);
    if (weakened.has(noAssumptions)) this.level.fill(open);
    else for (const assumption of weakened) this.giveUp(assumption);
  }

  /** Assumes no more than `assumption` of a field from now on. What was noticed of other fields stays. Other assumptions are none of ours. */
  giveUp(assumption: string): void {
    if (assumption.endsWith(brokenField)) {
      this.locksHold = false;
      for (const at of this.level.keys()) if (this.level[at] === locked) this.level[at] = open;
    }
    for (let level = exclusive; level <= open; level += 1) {
      const suffix = suffixes[level]!;
      if (!assumption.endsWith(suffix)) continue;
      for (const at of this.fields.words.get(assumption.slice(0, -suffix.length)) ?? [])
        this.level[at] = Math.max(this.level[at]!, level === locked && !this.locksHold ? open : level);
    }
  }

  /**
   * Whether an access by `thread`, holding the locks of the bit set `held`, is a visible operation. Throws `UnstableField` if it
   * contradicts what is assumed of the field.
   */
  isVisible(at: number, writes: boolean, thread: number, held: () => number): boolean {
    switch (this.level[at]) {
      case constant:
        if (writes) this.contradict(at, exclusive);
        return false;
      case exclusive:
        if (this.owner[at] === -1) this.owner[at] = thread;
        else if (this.owner[at] !== thread) this.contradict(at, locked);
        return false;
      case locked:
        this.lockset[at]! &= held();
        if (this.lockset[at] === 0) this.contradict(at, open);
        return false;
      default:
        return true;
    }
  }

  /**
   * Takes over what another part of the same exploration, with the same assumptions, noticed of each word. Throws
   * `UnstableField` if both together contradict what is assumed.
   */
  absorb({ owner, lockset }: Pick<SharedWords, 'owner' | 'lockset'>): void {
    for (let at = 0; at < this.level.length; at += 1) {
      if (this.level[at] === exclusive && owner[at] !== -1) this.isVisible(at, true, owner[at]!, () => 0);
      else if (this.level[at] === locked) this.isVisible(at, true, -1, () => lockset[at]!);
    }
  }

  /** See `Interpreter.assumeOfImages`. */
  closeUnder(addresses: Int32Array, threads: Int32Array, locks: Int32Array): boolean {
    const { level, owner, lockset } = this;
    let isNews = false;
    for (let at = 0; at < level.length; at += 1) {
      const image = addresses[at]!;
      if (level[at] === exclusive && owner[at]! >= 0) {
        const thread = threads[owner[at]!]!;
        if (owner[image] === thread) continue;
        if (owner[image] !== -1) this.contradict(image, locked);
        owner[image] = thread;
        isNews = true;
      } else if (level[at] === locked && lockset[at] !== -1) {
        let held = 0;
        for (let lock = 0; lock < locks.length && lock < 31; lock += 1)
          if ((lockset[at]! >>> lock) & 1 && locks[lock]! >= 0 && locks[lock]! < 31) held |= 1 << locks[lock]!;
        const both = lockset[image]! & held;
        if (both === 0) this.contradict(image, open);
        if (both !== lockset[image]) isNews = true;
        lockset[image] = both;
      }
    }
    return isNews;
  }

  /** See `Interpreter.assumeOfSlots`; `locks` are the word addresses of the locks. */
  closeUnderSlots(pools: readonly (readonly ObjectSlot[])[], locks: readonly number[]): boolean {
    const slots = pools.flat();
    const inSlot = ({ header, layout }: ObjectSlot, at: number) => at > header && at <= header + layout.size;
    let fixed = 0;
    locks.slice(0, 31).forEach((at, lock) => {
      if (!slots.some((slot) => inSlot(slot, at))) fixed |= 1 << lock;
    });
    let isNews = false;
    for (const pool of pools) if (this.closeUnderPool(pool, locks, fixed)) isNews = true;
    // Outside of the slots, a lock in one of them is nobody's guard: under another name of its object it is another lock.
    for (let at = 0; at < this.level.length; at += 1) {
      if (this.level[at] !== locked || this.lockset[at] === -1) continue;
      if ((this.lockset[at]! & ~fixed) === 0 || slots.some((slot) => inSlot(slot, at))) continue;
      if ((this.lockset[at]! & fixed) === 0) this.contradict(at, open);
      this.lockset[at]! &= fixed;
      isNews = true;
    }
    return isNews;
  }

  /** What was seen of a word in one slot of a pool holds in all: of its locks, those in the same object and those that are in no slot. */
  private closeUnderPool(pool: readonly ObjectSlot[], locks: readonly number[], fixed: number): boolean {
    const { level, owner, lockset } = this;
    const own = pool.map(({ header, layout }) =>
      Array.from({ length: layout.size }, (_, offset) => locks.indexOf(header + 1 + offset)).filter(
        (lock) => lock >= 0 && lock < 31,
      ),
    );
    let isNews = false;
    for (let offset = 1; offset <= pool[0]!.layout.size; offset += 1) {
      const words = pool.map(({ header }) => header + offset);
      const first = words[0]!;
      if (level[first] === exclusive) {
        const owners = [...new Set(words.map((at) => owner[at]!))].filter((thread) => thread >= 0);
        if (owners.length > 1) this.contradict(first, locked);
        for (const at of words) {
          if (owners.length === 0 || owner[at] === owners[0]) continue;
          owner[at] = owners[0]!;
          isNews = true;
        }
      } else if (level[first] === locked) {
        const seen = words.flatMap((at, slot) => (lockset[at] === -1 ? [] : [{ set: lockset[at]!, slot }]));
        if (seen.length === 0) continue;
        const outside = seen.reduce((kept, { set }) => kept & set, fixed);
        const inside = own[0]!.map((_, place) => seen.every(({ set, slot }) => (set >>> own[slot]![place]!) & 1));
        words.forEach((at, slot) => {
          const set = own[slot]!.reduce((bits, lock, place) => (inside[place] ? bits | (1 << lock) : bits), outside);
          if (set === 0) this.contradict(at, open);
          if (lockset[at] !== set) isNews = true;
          lockset[at] = set;
        });
      }
    }
    return isNews;
  }

  /** Nothing may be assumed of a word's field. Throws `UnstableField`, which says so. */
  open(at: number): never {
    return this.contradict(at, open);
  }

  private contradict(at: number, level: number): never {
    const left = level === locked && !this.locksHold ? open : level;
    throw new UnstableField(this.fields.names[at]! + suffixes[left]!);
  }
}

/** The fields of all objects of a system. */
interface Fields {
  /** By word address: struct tag and path, elements of an array as one; nothing for what is no word of an object's fields. */
  readonly names: readonly (string | undefined)[];
  /** Word addresses of a field. */
  readonly words: ReadonlyMap<string, readonly number[]>;
  /** What is assumed of each word to begin with. */
  readonly levels: Uint8Array;
}

const known = new WeakMap<LinkedSystem, Fields>();

function fieldsOf(system: LinkedSystem): Fields {
  const before = known.get(system);
  if (before) return before;
  const names: string[] = [];
  const words = new Map<string, number[]>();
  const levels = new Uint8Array(system.width);
  const namesByTag = new Map<string, string[]>();
  for (const { tag, layout, header } of system.objects) {
    let own = namesByTag.get(tag);
    if (!own) {
      own = Array.from(
        { length: layout.size },
        (_, offset) => `${tag}.${pathAt(system, layout, offset).replace(/\[\d+\]/g, '[]')}`,
      );
      namesByTag.set(tag, own);
    }
    for (const [offset, name] of own.entries()) {
      const at = header + 1 + offset;
      names[at] = name;
      const list = words.get(name);
      if (list) list.push(at);
      else words.set(name, [at]);
    }
    for (const { offset, table } of layout.cells) if (table.next.includes(-1)) levels[header + 1 + offset] = open;
  }
  const fields = { names, words, levels };
  known.set(system, fields);
  return fields;
}
