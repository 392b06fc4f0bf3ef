import type { PropertyId } from '../models/program/propertyId.js';
import type { Property } from './property.js';
import { countNotRestored } from './countNotRestored.js';
import { dataRace } from './dataRace.js';
import { deadlock } from './deadlock.js';
import { doubleFree } from './doubleFree.js';
import { doubleMap } from './doubleMap.js';
import { errPointerDereference } from './errPointerDereference.js';
import { failureAfterInstall } from './failureAfterInstall.js';
import { foreignContextLookup } from './foreignContextLookup.js';
import { freedPointerCompare } from './freedPointerCompare.js';
import { freedWhilePublished } from './freedWhilePublished.js';
import { idLeaked } from './idLeaked.js';
import { idNotReserved } from './idNotReserved.js';
import { kernelBug } from './kernelBug.js';
import { kernelWarning } from './kernelWarning.js';
import { lockDestroyedHeld } from './lockDestroyedHeld.js';
import { lockHeldAtReturn } from './lockHeldAtReturn.js';
import { lockNotHeld } from './lockNotHeld.js';
import { lockOrder } from './lockOrder.js';
import { lockRecursion } from './lockRecursion.js';
import { mappingLeft } from './mappingLeft.js';
import { memoryLeak } from './memoryLeak.js';
import { nullDereference } from './nullDereference.js';
import { operationOrder } from './operationOrder.js';
import { outputNotWritten } from './outputNotWritten.js';
import { poolDestroyedInUse } from './poolDestroyedInUse.js';
import { refcountFromZero } from './refcountFromZero.js';
import { refcountUnderflow } from './refcountUnderflow.js';
import { refusingOperation } from './refusingOperation.js';
import { sleepInAtomic } from './sleepInAtomic.js';
import { uninitialised } from './uninitialised.js';
import { unregisterReturns } from './unregisterReturns.js';
import { useAfterFree } from './useAfterFree.js';

/** Everything that is checked, in the order of `propertyIds`. A new property is a file beside this one and a line here. */
export const properties = [
  useAfterFree,
  doubleFree,
  uninitialised,
  nullDereference,
  errPointerDereference,
  refcountFromZero,
  refcountUnderflow,
  idNotReserved,
  freedWhilePublished,
  idLeaked,
  foreignContextLookup,
  operationOrder,
  failureAfterInstall,
  lockNotHeld,
  lockRecursion,
  lockHeldAtReturn,
  lockDestroyedHeld,
  lockOrder,
  sleepInAtomic,
  dataRace,
  freedPointerCompare,
  poolDestroyedInUse,
  doubleMap,
  kernelWarning,
  kernelBug,
  memoryLeak,
  countNotRestored,
  mappingLeft,
  deadlock,
  unregisterReturns,
  outputNotWritten,
  refusingOperation,
] as const satisfies readonly Property[];

const byId: ReadonlyMap<PropertyId, Property> = new Map(properties.map((property) => [property.id, property]));

/** The property with this id; every id has one (law test). */
export function propertyById(id: PropertyId): Property {
  return byId.get(id)!;
}
