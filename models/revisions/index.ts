import { protmem6_18 } from './protmem6_18.js';
import { protmemFixed } from './protmemFixed.js';
import { protmemHalfFixed } from './protmemHalfFixed.js';
import type { Revision } from './revision.js';
import { teeCloseContext5_16 } from './teeCloseContext5_16.js';
import { teeCloseContext5_17 } from './teeCloseContext5_17.js';
import { teeShmGetFd4_15 } from './teeShmGetFd4_15.js';
import { teeShmGetFd4_17 } from './teeShmGetFd4_17.js';
import { teeShmLookup5_15 } from './teeShmLookup5_15.js';
import { teeShmLookup5_16 } from './teeShmLookup5_16.js';
import { v4 } from './v4.js';
import { v4CompleteAfterUnlock } from './v4CompleteAfterUnlock.js';
import { v4NoStubs } from './v4NoStubs.js';
import { v4PinDevice } from './v4PinDevice.js';
import { v6_12 } from './v6_12.js';

/** Every built-in revision; a base stands before what changes it. A new one is a file beside this one and a line here. */
export const revisions = [
  v6_12,
  v4,
  v4NoStubs,
  v4CompleteAfterUnlock,
  v4PinDevice,
  teeShmGetFd4_15,
  teeShmGetFd4_17,
  teeShmLookup5_15,
  teeShmLookup5_16,
  teeCloseContext5_16,
  teeCloseContext5_17,
  protmem6_18,
  protmemFixed,
  protmemHalfFixed,
] as const satisfies readonly Revision[];

const byId: ReadonlyMap<string, Revision> = new Map(revisions.map((revision) => [revision.id, revision]));

/** The revision that users call `id`, for example `'v4'`. */
export function revisionById(id: string): Revision | undefined {
  return byId.get(id);
}
