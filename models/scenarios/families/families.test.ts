import { describe, expect, it } from 'vitest';
import { scenarioById, scenarios } from '../index.js';
import type { Scenario } from '../scenario.js';
import { describeFamily } from './family.js';
import { families, familyMember, registeredMembers } from './index.js';

const errorOf = (id: string): string => {
  const member = familyMember(id);
  return member && !member.ok ? member.error : `no error, but ${member === null ? 'null' : member.value.id}`;
};

describe('members of families', () => {
  it('are found by an id, each the same one every time', () => {
    const member = scenarioById('allocators-3-1')!;
    expect(member.id).toBe('allocators-3-1');
    expect(member.threads.map(({ name }) => name)).toEqual([
      'closer',
      'allocator1',
      'allocator2',
      'allocator3',
      'user1',
    ]);
    expect(scenarioById('allocators-3-1')).toBe(member);
  });

  it('are among the registered scenarios for three and four threads, as large ones', () => {
    const known: readonly Scenario[] = scenarios;
    for (const member of registeredMembers) {
      expect(known).toContain(member);
      expect(member.size).toBe('large');
      expect([3, 4]).toContain(member.threads.length);
    }
    const registered = registeredMembers.map(({ id }) => id);
    for (const { id } of families)
      expect(registered.filter((one) => one.startsWith(`${id}-`)).length).toBeGreaterThan(1);
  });

  it('have one id each', () => {
    for (const id of ['allocators-03-1', 'allocators-3-1-', 'allocators-3', 'allocators-3-1-1', 'allocators-3--1']) {
      expect(scenarioById(id), id).toBeUndefined();
      expect(errorOf(id)).toBe(`its members are ${describeFamily(families[0]!)}`);
    }
    expect(errorOf('allocators')).toMatch(/^its members are allocators-K-M \(K threads that allocate, 1 to 8; M /);
  });

  it('have as many threads as the family allows, and no more', () => {
    expect(errorOf('allocators-0-1')).toMatch(/^K is 0; its members are allocators-K-M \(/);
    expect(errorOf('allocators-1-9')).toMatch(/^M is 9; /);
    expect(errorOf('openers-10')).toMatch(/^K is 10; its members are openers-K \(K threads .*, 1 to 9\)$/);
  });

  it('are not what only looks like one', () => {
    expect(familyMember('allocate-close')).toBeNull();
    expect(familyMember('allocatorsx-1-1')).toBeNull();
  });
});

describe.each(families)('the family $id', (family) => {
  const least = family.parameters.map((parameter) => parameter.least);
  const most = family.parameters.map((parameter) => parameter.most);

  it('makes what its parameters say, from the least to the most', () => {
    const [smallest, largest] = [family.member(least), family.member(most)];
    for (const [counts, member] of [
      [least, smallest],
      [most, largest],
    ] as const) {
      expect(familyMember(member.id)).toMatchObject({ ok: true, value: { id: member.id } });
      expect(member.id).toBe([family.id, ...counts].join('-'));
    }
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    expect(largest.threads.length - smallest.threads.length).toBe(sum(most) - sum(least));
    expect(largest.threads.length).toBeGreaterThanOrEqual(9);
  });

  it('has threads that can change places: one function for each role, in one process', () => {
    const { threads } = family.member(most);
    const numbered = threads.filter(({ name }) => /\d$/.test(name));
    for (const { name, run, process, daemon, unregister } of numbered) {
      expect(run).toBe(name.replace(/\d+$/, ''));
      expect([process, daemon, unregister]).toEqual(['A', undefined, undefined]);
    }
    expect(numbered.length).toBe(most.reduce((total, count) => total + count, 0));
  });
});
