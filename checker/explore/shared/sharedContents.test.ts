import { describe, expect, it } from 'vitest';
import { SharedContents } from './sharedContents.js';
import { SharedMemory } from './sharedMemory.js';

/** A content of three words. */
const content = (number: number) => Int32Array.of(number, number * 7, ~number);

describe('contents that threads share', () => {
  it('have the numbers in which they came, in each thread, whatever room the other one made', () => {
    const first = SharedContents.create();
    const [small, large] = first.tables(Int32Array.of(1, 3));
    // Another view of the same memory, as another thread has it: made before there is any room.
    const [otherSmall, otherLarge] = new SharedContents(new SharedMemory(first.buffer)).tables(Int32Array.of(1, 3));
    for (let number = 1; number < 50_000; number += 1) {
      // They take turns, so each adds beyond the end of what it saw last.
      const [one, other] = number % 5000 < 2500 ? [large!, otherLarge!] : [otherLarge!, large!];
      expect(one.intern(content(number), 0)).toBe(number);
      if (number % 17 === 0) expect(other.intern(content(number - 5), 0)).toBe(number - 5);
    }
    const into = new Int32Array(4);
    for (let number = 1; number < 50_000; number += 997) {
      large!.load(number, into, 1);
      expect([...into]).toEqual([0, ...content(number)]);
      expect(otherLarge!.at(number, 2)).toBe(~number);
    }
    expect([large!.count, otherLarge!.count]).toEqual([50_000, 50_000]);
    expect(small!.intern(Int32Array.of(9), 0)).toBe(1);
    expect(otherSmall!.intern(Int32Array.of(9), 0)).toBe(1);
    expect(otherSmall!.intern(Int32Array.of(0), 0)).toBe(0);
  });

  it('are not waited for if whoever adds one is dead', { timeout: 60_000 }, () => {
    const contents = SharedContents.create();
    const [table] = contents.tables(Int32Array.of(1));
    table!.intern(Int32Array.of(1), 0);
    new Int32Array(contents.buffer)[0] = 1;
    expect(table!.intern(Int32Array.of(1), 0)).toBe(1);
    expect(() => table!.intern(Int32Array.of(2), 0)).toThrow('is dead');
  });
});
