import { expect, it } from 'vitest';
import { hashOf } from '../cached/visitedSet.js';
import { Control, newBuffers, word } from './control.js';
import { SharedContents } from './sharedContents.js';
import { SharedStates } from './sharedStates.js';

it('States that threads share keep the least way to them, whoever finds it, as long as their level is found', () => {
  const buffers = newBuffers(SharedContents.create().buffer, 2, 1);
  const control = new Control(buffers.control);
  const [one, other] = [new SharedStates(buffers, control, 0), new SharedStates(buffers, control, 1)];
  one.refresh(1);
  one.reserve(16);
  other.refresh(1);
  const insert = (states: SharedStates, state: number, order: number) => {
    const packed = Int32Array.of(state);
    return states.insertAll(packed, Int32Array.of(hashOf(packed, 0, 1)), Int32Array.of(order), 1);
  };
  const orderOf = (number: number) => one.words[one.orderAt(number)]! >>> 0;
  expect(insert(one, 77, 10)).toBe(true);
  insert(other, 77, 12);
  expect(orderOf(0)).toBe(10);
  insert(other, 77, 5);
  expect(orderOf(0)).toBe(5);
  // Orders are numbers without a sign.
  insert(one, 77, -1);
  expect(orderOf(0)).toBe(5);
  expect([one.added, other.added]).toEqual([1, 0]);
  // A state of an earlier level has its predecessor there.
  control.set(word.levelFirst, control.get(word.chunks) << 6);
  insert(other, 77, 1);
  expect(orderOf(0)).toBe(5);
  // Without room, nothing is lost and nothing is added.
  let state = 1000;
  while (insert(other, state, 0)) state += 1;
  const { added } = other;
  expect(added).toBe(state - 1000);
  expect(insert(other, 1000, 0)).toBe(true);
  expect(insert(other, state, 0)).toBe(false);
  expect(other.added).toBe(added);
});
