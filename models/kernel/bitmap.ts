import { fn, loop, ret, run, set, when } from '../program/build.js';
import type { DefinitionOptions } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const find = { file: 'include/linux/find.h', origin: 'kernel' } as const;
const bitops = { file: 'include/linux/bitops.h', origin: 'kernel' } as const;
const bitmap = { file: 'include/linux/bitmap.h', origin: 'kernel' } as const;

/** A bit that the map of this model has no room for. */
const fits = (bit: string) => when(`${bit} >= BITS`, [run('__capacity_exhausted()')]);

/** The first bit from `from` on whose value is `value`; `size` if there is none. */
function search(prototype: string, from: string, value: 0 | 1, options: DefinitionOptions = find): FunctionDefinition {
  return fn(prototype, { ...options, locals: ['unsigned long bit', 'int is_set'] }, [
    set('bit', from),
    loop('bit < size', [
      fits('bit'),
      set('is_set', 'addr->bits[bit]', 'marked'),
      when(value === 1 ? 'is_set' : '!is_set', [ret('bit')]),
      set('bit', 'bit + 1'),
    ]),
    ret('size'),
  ]);
}

/** Writes one bit, atomically or, for the names with underscores, as a plain access. */
function write(prototype: string, value: 0 | 1, access: 'plain' | 'atomic' = 'atomic'): FunctionDefinition {
  return fn(prototype, bitops, [fits('nr'), set('addr->bits[nr]', String(value), access)]);
}

/** Writes one bit, and tells what it was. */
function exchange(prototype: string, value: 0 | 1): FunctionDefinition {
  return fn(prototype, { ...bitops, atomic: { shared: ['addr'] }, locals: ['int old'] }, [
    fits('nr'),
    set('old', 'addr->bits[nr]', 'atomic'),
    set('addr->bits[nr]', String(value), 'atomic'),
    ret('old'),
  ]);
}

/** Writes the first bits. */
function fill(prototype: string, value: 0 | 1): FunctionDefinition {
  return fn(prototype, { ...bitmap, locals: ['unsigned int bit'] }, [
    set('bit', '0'),
    // Longer maps than this model has room for: the bits beyond are as they were, and nobody can set or clear them.
    loop('bit < nbits && bit < BITS', [set('dst->bits[bit]', String(value)), set('bit', 'bit + 1')]),
  ]);
}

/**
 * Maps of bits, of which the first `BITS` can be used. A search looks at one bit after the other, and may do so beside set_bit():
 * who acts on what it finds holds a lock, or asks again with test_and_set_bit().
 */
export const bitmapFunctions: readonly FunctionDefinition[] = [
  search('unsigned long find_first_zero_bit(const struct bitmap *addr, unsigned long size)', '0', 0),
  search('unsigned long find_first_bit(const struct bitmap *addr, unsigned long size)', '0', 1),
  search(
    'unsigned long find_next_zero_bit(const struct bitmap *addr, unsigned long size, unsigned long offset)',
    'offset',
    0,
  ),
  search(
    'unsigned long find_next_bit(const struct bitmap *addr, unsigned long size, unsigned long offset)',
    'offset',
    1,
  ),
  write('void set_bit(long nr, struct bitmap *addr)', 1),
  write('void clear_bit(long nr, struct bitmap *addr)', 0),
  write('void __set_bit(long nr, struct bitmap *addr)', 1, 'plain'),
  write('void __clear_bit(long nr, struct bitmap *addr)', 0, 'plain'),
  exchange('bool test_and_set_bit(long nr, struct bitmap *addr)', 1),
  exchange('bool test_and_clear_bit(long nr, struct bitmap *addr)', 0),
  fn('bool test_bit(long nr, const struct bitmap *addr)', { ...bitops, locals: ['int is_set'] }, [
    fits('nr'),
    set('is_set', 'addr->bits[nr]', 'marked'),
    ret('is_set'),
  ]),
  fill('void bitmap_zero(struct bitmap *dst, unsigned int nbits)', 0),
  fill('void bitmap_fill(struct bitmap *dst, unsigned int nbits)', 1),
];
