import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { Scenario } from '../scenario.js';
import { allocators } from './allocators.js';
import type { ScenarioFamily } from './family.js';
import { readCounts } from './family.js';
import { importers } from './importers.js';
import { openers } from './openers.js';
import { putters } from './putters.js';

export { describeFamily, type ScenarioFamily } from './family.js';

/** Every family. A new one is a file beside this one and a line here. */
export const families: readonly ScenarioFamily[] = [allocators, putters, importers, openers];

const members = new Map<string, Scenario>();

/** The family whose name begins `id`, if there is one. */
export function familyOf(id: string): ScenarioFamily | undefined {
  return families.find((one) => id === one.id || id.startsWith(`${one.id}-`));
}

/**
 * The member of a family that users call `id`, for example `'allocators-2-1'`; the same one each time. Null if no family's name
 * begins the id; an error, which says why, if one does and the rest is no member of it.
 */
export function familyMember(id: string): Result<Scenario, string> | null {
  const family = familyOf(id);
  if (!family) return null;
  const counts = readCounts(family, id.slice(family.id.length + 1));
  if (!counts.ok) return err(counts.error);
  let member = members.get(id);
  if (!member) members.set(id, (member = family.member(counts.value)));
  return ok(member);
}

/** Members that are listed, and run with the other large scenarios: three and four threads each. */
export const registeredMembers: readonly Scenario[] = [
  'allocators-1-1',
  'allocators-2-0',
  'allocators-2-1',
  'putters-1',
  'putters-2',
  'importers-1',
  'importers-2',
  'openers-2',
  'openers-3',
].map(registeredMember);

function registeredMember(id: string): Scenario {
  const member = familyMember(id);
  if (!member?.ok) throw new Error(`${id} is no member of a family`);
  return member.value;
}
