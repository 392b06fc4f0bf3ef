import type { LinkedSystem } from '../system/linkedSystem.js';
import type { LockCell } from '../system/lockCells.js';
import { lockCellsOf } from '../system/lockCells.js';
import { payloadOf } from '../system/word.js';
import type { StateParts } from './stateParts.js';

/**
 * Which locks a thread holds, as a number. What a step breaks can depend on them though it reads none of them: a call that sleeps,
 * under a spinlock.
 */
export class HeldLocks {
  private readonly parts: StateParts;
  private readonly cells: readonly LockCell[];
  private readonly numbers = new Map<string, number>();

  constructor(system: LinkedSystem, parts: StateParts) {
    this.parts = parts;
    this.cells = lockCellsOf(system);
  }

  /** `contents`: the numbers of a state's parts. 0 for no locks. */
  of(thread: number, contents: Int32Array): number {
    let held = '';
    for (const { address, object, holder } of this.cells) {
      const content = this.parts.contentOf(object.index, contents[object.index]!);
      if (holder[payloadOf(content[address - object.header]!)] === thread) held += `${address} `;
    }
    if (held === '') return 0;
    const known = this.numbers.get(held) ?? this.numbers.size + 1;
    this.numbers.set(held, known);
    return known;
  }
}
