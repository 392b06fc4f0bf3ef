/** Memory that one thread is left with, in runs made by hand. */
import { describe, expect, it } from 'vitest';
import { alloc, loop, run, set, when } from '../../models/program/build.js';
import type { Statement } from '../../models/program/statement.js';
import { breadthFirst } from '../explore/breadthFirst.js';
import { cachedBreadthFirst } from '../explore/cached/cachedBreadthFirst.js';
import { findingId } from '../finding/findingId.js';
import { toySystem } from '../testing/toySystem.js';
import { headerReturned, headerShared } from './header.js';
import { Interpreter } from './interpreter.js';
import { link } from './link.js';
import type { LinkedSystem } from './linkedSystem.js';
import { noAssumptions } from './sharedWords.js';
import { noOwnership, ownership } from './owners.js';
import { payloadOf } from './word.js';

const types = { world: { box: 'struct box *', flag: 'int' }, box: { data: 'int', more: 'struct box *' } };

function toy(threads: Record<string, readonly Statement[]>): LinkedSystem {
  const { revision, scenario } = toySystem({
    types,
    threads: Object.fromEntries(
      Object.entries(threads).map(([name, body]) => [name, { locals: ['struct box *box', 'struct box *more'], body }]),
    ),
  });
  return link(revision, scenario);
}

const publish = [alloc('box', 'box'), set('world.box', 'box', 'marked')];
const takeBack = set('world.box', 'NULL', 'marked');

/** Makes all steps of the threads in turn, and gives what each box's header says after each step, `-` for none. */
function headers(system: LinkedSystem, order: readonly number[]): string[] {
  const machine = new Interpreter(system, new Set([noAssumptions, ownership]));
  machine.initialState();
  return order.map((thread) => {
    machine.forceChoices([]);
    // The first way to decide each choice: an allocation that succeeds.
    machine.step(thread);
    return system.objects
      .filter(({ tag }) => tag === 'box')
      .map(({ header }) => payloadOf(machine.words[header]!))
      .filter((header) => header !== 0)
      .map((header) =>
        (header & headerShared) !== 0 ? 'shared' : (header & headerReturned) !== 0 ? 'returned' : 'own',
      )
      .join(' ');
  });
}

describe('memory', () => {
  it('is shared from when it is published to when one thread is left that can reach it', () => {
    const system = toy({
      one: [...publish, set('world.flag', '1'), takeBack, set('box->data', '1'), run('kfree(box)')],
    });
    expect(headers(system, [0, 0, 0])).toEqual(['shared', 'shared', 'returned']);
  });

  it('stays shared while another thread has it', () => {
    const system = toy({
      one: [...publish, takeBack, set('world.flag', '1'), set('box->data', '1'), run('kfree(box)')],
      other: [set('more', 'world.box'), set('world.flag', '2'), when('more', [set('world.flag', '3')])],
    });
    // The other thread fetches the box, asks for it once more, and then has no use for it.
    expect(headers(system, [0, 1, 0, 1])).toEqual(['shared', 'shared', 'shared', 'returned']);
  });

  it('is reached by way of other memory', () => {
    const inside = [alloc('more', 'box'), alloc('box', 'box'), set('more->more', 'box')];
    const system = toy({
      one: [...inside, set('world.box', 'more', 'marked'), takeBack, set('world.flag', '1'), set('more->data', '1')],
    });
    expect(headers(system, [0, 0])).toEqual(['shared shared', 'returned returned']);
  });
});

describe('ownership', () => {
  const system = toy({
    one: [
      ...publish,
      takeBack,
      set('box->data', '1'),
      set('box->data', '2'),
      set('world.flag', '1'),
      run('kfree(box)'),
    ],
    other: [set('more', 'world.box'), when('more', [set('more->data', '3')])],
  });
  const bounds = { maxStates: 1e5, timeout: Infinity, now: () => 0, reduction: false };

  it('makes fewer steps, and finds what is found without it', () => {
    const [full, few, cached] = [
      breadthFirst(system, bounds),
      breadthFirst(system, { ...bounds, ownership: true }),
      cachedBreadthFirst(system, { ...bounds, ownership: true }),
    ];
    const ids = [full, few, cached].map(({ discoveries }) =>
      [...new Set(discoveries.map(({ violation }) => findingId(violation)))].sort(),
    );
    expect(ids[0]!.some((id) => id.startsWith('use-after-free'))).toBe(true);
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[2]).toEqual(ids[0]);
    expect(few.states).toBeLessThan(full.states);
    expect([cached.states, cached.transitions, cached.depth]).toEqual([few.states, few.transitions, few.depth]);
  });

  it.each([
    ['the reference', breadthFirst],
    ['cached transitions', cachedBreadthFirst],
  ])('is given up where a thread goes round on its own memory for ever, by %s', (_, search) => {
    const endless = toy({
      one: [...publish, takeBack, set('box->data', '1'), loop('box->data', [set('box->data', '1')])],
    });
    const result = search(endless, { ...bounds, ownership: true });
    expect(result.unstableFields).toContain(noOwnership);
    expect(result.states).toBe(search(endless, bounds).states);
  });
});
