/**
 * Repairs of the base's oldest bug, and half repairs: the device's mutex may be touched after its release, so whoever unlocks it must
 * keep the device until then. Each putter that owns nothing any more when it unlocks is a way to lose that.
 */
import { describe, expect, it } from 'vitest';
import type { Revision } from '../models/revisions/revision.js';
import { revisionById } from '../models/revisions/index.js';
import { v4PinDevice } from '../models/revisions/v4PinDevice.js';
import { scenarioById } from '../models/scenarios/index.js';
import { breadthFirst } from './explore/breadthFirst.js';
import { findingId } from './finding/findingId.js';
import { resolveRevision } from './resolveRevision.js';
import { link } from './system/link.js';

/** Pins the device where its users are put, and not where references of an object are. */
const halfPinned: Revision = {
  ...v4PinDevice,
  functions: v4PinDevice.functions.filter(({ name }) => name !== 'tee_shm_put'),
};

/** Where the mutex is used after the device was freed: the way in, and the step of mutex_unlock(). */
function uses(revision: Revision, scenario: string): string[] {
  const system = link(resolveRevision(revision, revisionById), scenarioById(scenario)!);
  const result = breadthFirst(system, { maxStates: 1e6, timeout: Infinity, now: () => 0 });
  expect(result.limits).toEqual([]);
  return result.discoveries
    .filter(({ violation }) => findingId(violation) === 'use-after-free-ce1ab3ad')
    .map(({ violation }) => `${violation.via}: ${system.nodes[violation.node]!.function.definition.name}`)
    .sort();
}

const close = 'sys_close → dma_buf_ops.release';

describe('the device after its last user', () => {
  it.each([
    ['v4', 'one putter', 'driver-pool', [`${close}: __mutex_release`]],
    ['v4', 'two putters', 'two-putters', [`${close}: __mutex_release`]],
    ['v4', 'a putter beside a lookup', 'look-up-close', [`${close}: __mutex_release`]],
    ['v4-complete-after-unlock', 'two putters', 'two-putters', [`${close}: __mutex_tail`]],
    ['v4-complete-after-unlock', 'a putter beside a lookup', 'look-up-close', [`${close}: __mutex_tail`]],
    ['v4-pin-device', 'one putter', 'driver-pool', []],
    ['v4-pin-device', 'two putters', 'two-putters', []],
    ['v4-pin-device', 'a putter beside a lookup', 'look-up-close', []],
  ] as const)('%s, %s', (revision, _who, scenario, expected) => {
    expect(uses(revisionById(revision)!, scenario)).toEqual(expected);
  });

  it('is pinned in vain by its own put alone, if the reference of an object is dropped without', () => {
    expect(uses(halfPinned, 'two-putters')).toEqual([]);
    expect(uses(halfPinned, 'look-up-close')).toEqual([`${close}: __mutex_tail`]);
  });
});
