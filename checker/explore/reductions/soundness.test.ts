/**
 * What reductions rest on, one small system for each thing that could be taken for granted and must not be. No walk goes before the
 * search (`RandomWalks` finds out nearly all wrong assumptions), so the search itself has to notice what is wrong.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../../models/program/build.js';
import { link } from '../../system/link.js';
import { expectAgreement } from '../../testing/agreement.js';
import type { Toy } from '../../testing/toySystem.js';
import { exploreToy, summary, toySystem } from '../../testing/toySystem.js';
import { RandomWalks } from '../randomWalks.js';

beforeEach(() => void vi.spyOn(RandomWalks.prototype, 'walk').mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

/** A system, and what every search has to find in it. */
interface Case {
  /** Behind "do not hide" or the like. */
  readonly title: string;
  readonly toy: Toy;
  readonly findings: readonly string[];
}

const semaphores: Toy = {
  types: { world: { one: 'struct completion', other: 'struct completion' } },
  setup: {
    body: ['one', 'other'].flatMap((name) => [run(`init_completion(&world.${name})`), run(`complete(&world.${name})`)]),
  },
  threads: {
    first: [
      run('wait_for_completion(&world.one)'),
      run('wait_for_completion(&world.other)'),
      run('complete(&world.other)'),
      run('complete(&world.one)'),
    ],
    second: [
      run('wait_for_completion(&world.other)'),
      run('wait_for_completion(&world.one)'),
      run('complete(&world.one)'),
      run('complete(&world.other)'),
    ],
  },
};

const cases: readonly Case[] = [
  {
    title: 'a deadlock of two completions that are used like locks',
    toy: semaphores,
    findings: ['deadlock world.one: wait_for_completion', 'deadlock world.other: wait_for_completion'],
  },
];

describe('reductions keep', () => {
  it.each(cases)('$title', ({ toy, findings }) => {
    const { revision, scenario } = toySystem(toy);
    expect([...new Set(exploreToy(toy, undefined, { reduction: false }).findings.map(summary))].sort()).toEqual(
      findings,
    );
    expect(expectAgreement(link(revision, scenario)).isComplete).toBe(true);
  });
});
