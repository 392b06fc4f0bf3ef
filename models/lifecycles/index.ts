import type { Lifecycle } from './lifecycle.js';
import { attachment } from './attachment.js';
import { backingMemory } from './backingMemory.js';
import { completion } from './completion.js';
import { dmaBuf } from './dmaBuf.js';
import { dmaMapping } from './dmaMapping.js';
import { fdSlot } from './fdSlot.js';
import { fileCount } from './fileCount.js';
import { genPool } from './genPool.js';
import { idrSlot } from './idrSlot.js';
import { memory } from './memory.js';
import { moduleRef } from './moduleRef.js';
import { mutex } from './mutex.js';
import { refcount } from './refcount.js';
import { sgTable } from './sgTable.js';
import { spinlock } from './spinlock.js';
import { syscall } from './syscall.js';
import { teeContext } from './teeContext.js';
import { teeDevice } from './teeDevice.js';
import { teeShm } from './teeShm.js';

/** Every lifecycle, primitives first. A new one is a file beside this one and a line here. */
export const lifecycles = [
  memory,
  refcount,
  mutex,
  spinlock,
  completion,
  idrSlot,
  fdSlot,
  fileCount,
  moduleRef,
  sgTable,
  dmaMapping,
  genPool,
  backingMemory,
  teeDevice,
  teeContext,
  teeShm,
  dmaBuf,
  attachment,
  syscall,
] as const satisfies readonly Lifecycle[];

const byId: ReadonlyMap<string, Lifecycle> = new Map(lifecycles.map((lifecycle) => [lifecycle.id, lifecycle]));
const byCType: ReadonlyMap<string, Lifecycle> = new Map(lifecycles.map((lifecycle) => [lifecycle.cType, lifecycle]));

/** The lifecycle with this id, for example `'idr_slot'`. */
export function lifecycleById(id: string): Lifecycle | undefined {
  return byId.get(id);
}

/** The lifecycle of a C type, by struct tag or typedef name: `'refcount_t'` is a cell, `'tee_shm'` an object with a monitor. */
export function lifecycleByCType(tag: string): Lifecycle | undefined {
  return byCType.get(tag);
}
