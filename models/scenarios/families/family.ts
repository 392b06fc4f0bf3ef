import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { Scenario } from '../scenario.js';

/** A number in the id of a member: how many threads of a role there are. */
export interface FamilyParameter {
  /** One capital letter, as in `allocators-K-M`. */
  readonly name: string;
  /** What it counts, as a plural: `threads that allocate`. */
  readonly counts: string;
  readonly least: number;
  readonly most: number;
}

/**
 * Scenarios that differ only in how many threads of each role there are. Threads of one role run the same function and belong
 * to the same process, so that any two of them can change places.
 */
export interface ScenarioFamily {
  /** What the ids of its members begin with. */
  readonly id: string;
  readonly title: string;
  readonly parameters: readonly FamilyParameter[];
  /** A member; `counts` has one number for each parameter, in its range. Its id is `memberId(family, counts)`. */
  readonly member: (counts: readonly number[]) => Scenario;
}

/** `allocators-2-1` for the family `allocators` and the numbers 2 and 1. */
export function memberId(family: string, counts: readonly number[]): string {
  return [family, ...counts].join('-');
}

/** `allocators-K-M (K threads that allocate, 1 to 8; M threads that look an id up, 0 to 8)`. */
export function describeFamily({ id, parameters }: ScenarioFamily): string {
  const ranges = parameters.map(({ name, counts, least, most }) => `${name} ${counts}, ${least} to ${most}`);
  return `${[id, ...parameters.map(({ name }) => name)].join('-')} (${ranges.join('; ')})`;
}

/**
 * The numbers that are meant by what stands behind `<family>-` in an id, or why it means none: `'2-1'` is `[2, 1]`. Numbers are
 * written without leading zeros, so that each member has one id.
 */
export function readCounts(family: ScenarioFamily, text: string): Result<readonly number[], string> {
  const { parameters } = family;
  const parts = text.split('-');
  if (parts.length !== parameters.length || !parts.every((part) => /^(0|[1-9]\d{0,3})$/.test(part)))
    return err(`its members are ${describeFamily(family)}`);
  const counts = parts.map(Number);
  for (const [index, { name, least, most }] of parameters.entries()) {
    const count = counts[index]!;
    if (count < least || count > most) return err(`${name} is ${count}; its members are ${describeFamily(family)}`);
  }
  return ok(counts);
}

/** `one thread`, `3 threads`. */
export function threads(count: number): string {
  return count === 1 ? 'one thread' : `${count} threads`;
}

/** Capacities for a process that has so many fds at most: its last thread may close all of them when it exits. */
export function fdCapacities(fds: number): Scenario['capacities'] {
  return { FDS: fds, TASK_WORK: fds };
}

/** Threads of one role: `allocator1`, `allocator2` … of one process, all running the function `role`. */
export function threadsOf(role: string, count: number, process: string): Scenario['threads'] {
  return Array.from({ length: count }, (_, index) => ({ name: `${role}${index + 1}`, process, run: role }));
}
