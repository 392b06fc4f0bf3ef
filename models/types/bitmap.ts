import { struct } from './structType.js';

/** Words that the bit operations and the atomic ones work on. */
export const bitmapTypes = [
  /** `DECLARE_BITMAP(name, size)` at file scope: one word, which is all that the bit operations of this model can reach. */
  struct('bitmap', 'include/linux/types.h, DECLARE_BITMAP, v6.12', { word: 'unsigned long' }),
  struct('atomic_t', 'include/linux/types.h, v6.12', { counter: 'int' }),
  /** Also `atomic_long_t`. */
  struct('atomic64_t', 'include/linux/types.h, v6.12', { counter: 's64' }),
];
