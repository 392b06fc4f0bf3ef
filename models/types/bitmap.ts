import { struct } from './structType.js';

/** `DECLARE_BITMAP(name, size)`: the first `BITS` bits of it, one word each. */
export const bitmapTypes = [struct('bitmap', 'include/linux/types.h, DECLARE_BITMAP, v6.12', { bits: 'bool[BITS]' })];
