import type { LinkedFunction, LinkedNode, LinkedSystem } from './linkedSystem.js';
import { payloadOf } from './word.js';

/**
 * The stack of a thread in a state. The first word of a thread is the address of its innermost frame, 0 for none; the first one of a
 * frame is the node where its function stands, the second one the address of the caller's frame.
 */
export function frameOf(system: LinkedSystem, words: Int32Array, thread: number): number {
  return payloadOf(words[system.threads[thread]!.base]!);
}

/** The function that a frame is of. */
export function functionOf(system: LinkedSystem, words: Int32Array, frame: number): LinkedFunction {
  return nodeOf(system, words, frame).function;
}

/** Addresses of the frames of a thread, innermost first. */
export function framesOf(system: LinkedSystem, words: Int32Array, thread: number): number[] {
  const frames: number[] = [];
  for (let frame = frameOf(system, words, thread); frame !== 0; frame = callerOf(words, frame)) frames.push(frame);
  return frames;
}

/** The nodes at which the functions of a thread stand, innermost first. */
export function callStack(system: LinkedSystem, words: Int32Array, thread: number): LinkedNode[] {
  return framesOf(system, words, thread).map((frame) => nodeOf(system, words, frame));
}

/** The way in that a finding is told with: outermost entry point and innermost ops slot. */
export function wayIn(system: LinkedSystem, words: Int32Array, thread: number): string {
  const frames = callStack(system, words, thread).reverse();
  const entry = frames.find((frame) => frame.function.definition.origin !== 'environment');
  let slot: string | undefined;
  for (let index = 0; index + 1 < frames.length; index += 1) slot = system.slotNames.get(frames[index]!.id) ?? slot;
  const name = entry?.function.definition.name ?? system.threads[thread]!.name;
  return slot === undefined ? name : `${name} → ${slot}`;
}

/** The kernel API function that a function which runs is in, outermost first; itself if it is in none. */
export function operationFunction(
  system: LinkedSystem,
  words: Int32Array,
  thread: number,
  top: LinkedFunction,
): LinkedFunction {
  let found = top;
  let frame = frameOf(system, words, thread);
  while (frame !== 0 && found.definition.origin === 'kernel') {
    frame = callerOf(words, frame);
    if (frame === 0) break;
    const caller = functionOf(system, words, frame);
    if (caller.definition.origin !== 'kernel' || caller.definition.entry) break;
    found = caller;
  }
  return found;
}

function callerOf(words: Int32Array, frame: number): number {
  return payloadOf(words[frame + 1]!);
}

function nodeOf(system: LinkedSystem, words: Int32Array, frame: number): LinkedNode {
  return system.nodes[payloadOf(words[frame]!) - 1]!;
}
