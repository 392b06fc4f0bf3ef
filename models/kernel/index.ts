import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { OpsTable } from '../types/opsTable.js';
import { atomicFunctions } from './atomic.js';
import { bitmapFunctions } from './bitmap.js';
import { bugFunctions } from './bug.js';
import { charDeviceFunctions } from './charDevice.js';
import { classFunctions } from './class.js';
import { completionFunctions } from './completion.js';
import { deviceFunctions } from './device.js';
import { dmaBufFunctions, dmaBufTables } from './dmaBuf.js';
import { dmaMappingFunctions } from './dmaMapping.js';
import { fileFunctions } from './file.js';
import { genallocFunctions } from './genalloc.js';
import { helperFunctions } from './helpers.js';
import { idrFunctions } from './idr.js';
import { krefFunctions } from './kref.js';
import { listFunctions } from './list.js';
import { moduleFunctions } from './module.js';
import { mutexFunctions } from './mutex.js';
import { pageFunctions } from './pages.js';
import { processFunctions } from './process.js';
import { refcountFunctions } from './refcount.js';
import { scatterlistFunctions } from './scatterlist.js';
import { slabFunctions } from './slab.js';
import { spinlockFunctions } from './spinlock.js';
import { uaccessFunctions } from './uaccess.js';
import { iteratorFunctions } from './uio.js';
import { waitQueueFunctions } from './waitQueue.js';
import { xarrayFunctions } from './xarray.js';

export { builtins } from './builtins.js';
export { kernelCapacities, kernelConstants, kernelGlobals } from './constants.js';

/** The kernel API models of a kernel version such as `6.12.117`; what differs between versions is decided here. */
export function kernelFunctionsFor(version: string): readonly FunctionDefinition[] {
  return [
    ...slabFunctions,
    ...refcountFunctions,
    ...krefFunctions,
    ...atomicFunctions,
    ...mutexFunctions,
    ...spinlockFunctions,
    ...completionFunctions,
    ...waitQueueFunctions,
    ...idrFunctions,
    ...xarrayFunctions,
    ...listFunctions,
    ...uaccessFunctions,
    ...fileFunctions,
    ...processFunctions({ closeIsSynchronous: isAtLeast(version, 6, 6) }),
    ...moduleFunctions,
    ...deviceFunctions,
    ...classFunctions({ createTakesOwner: !isAtLeast(version, 6, 4) }),
    ...charDeviceFunctions,
    ...dmaBufFunctions({ lockWhenMapping: isAtLeast(version, 6, 2) }),
    ...scatterlistFunctions,
    ...dmaMappingFunctions,
    ...genallocFunctions,
    ...pageFunctions,
    ...iteratorFunctions,
    ...bitmapFunctions,
    ...bugFunctions,
    ...helperFunctions,
  ];
}

/** The kernel API models of the built-in base, 6.12. */
export const kernelFunctions: readonly FunctionDefinition[] = kernelFunctionsFor('6.12');

/** Ops tables of the kernel's own. */
export const kernelTables: readonly OpsTable[] = [...dmaBufTables];

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [foundMajor = 0, foundMinor = 0] = version.split('.').map(Number);
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}
