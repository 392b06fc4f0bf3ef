import { bitmapTypes } from './bitmap.js';
import { cellTypes } from './cells.js';
import { deviceTypes } from './device.js';
import { dmaBufTypes } from './dmaBuf.js';
import { fileTypes } from './file.js';
import { genallocTypes } from './genalloc.js';
import { idrTypes, xarrayTypes } from './idr.js';
import { listTypes } from './list.js';
import { mmTypes } from './mm.js';
import { scatterlistTypes } from './scatterlist.js';
import type { StructType } from './structType.js';
import { syncTypes } from './sync.js';
import { teeTypes } from './tee.js';

/** Every struct type that hand-written programs use, by area. */
export const structTypes: readonly StructType[] = [
  ...cellTypes,
  ...syncTypes,
  ...idrTypes,
  ...xarrayTypes,
  ...bitmapTypes,
  ...listTypes,
  ...fileTypes,
  ...deviceTypes,
  ...scatterlistTypes,
  ...genallocTypes,
  ...mmTypes,
  ...dmaBufTypes,
  ...teeTypes,
];

const byTag: ReadonlyMap<string, StructType> = new Map(structTypes.map((type) => [type.tag, type]));

/** The struct type of that tag, or undefined: revisions and scenarios bring their own. */
export function structType(tag: string): StructType | undefined {
  return byTag.get(tag);
}
