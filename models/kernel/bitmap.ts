import { fn, loop, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const find = { file: 'include/linux/find.h', origin: 'kernel' } as const;
const bitops = { file: 'include/linux/bitops.h', origin: 'kernel', atomic: { shared: ['addr'] } } as const;
const bitmap = { file: 'include/linux/bitmap.h', origin: 'kernel' } as const;

/** Bits of a word that this model can use: words of a state hold 30, one of them the sign. */
const bits = 29;

/** A bit of another word, or one that there is no room for. */
const fits = (bit: string) => when(`${bit} >= ${bits}`, [run('__capacity_exhausted()')]);

/** The first bit from `from` on whose value is `value`; `size` if there is none. */
function search(prototype: string, from: string, value: 0 | 1): FunctionDefinition {
  return fn(prototype, { ...find, locals: ['unsigned long bit', 'unsigned long word'] }, [
    set('word', 'addr->word', 'marked'),
    set('bit', from),
    loop('bit < size', [
      fits('bit'),
      when(value === 1 ? 'word & BIT(bit)' : '!(word & BIT(bit))', [ret('bit')]),
      set('bit', 'bit + 1'),
    ]),
    ret('size'),
  ]);
}

/** Writes one bit. The names with underscores do so by plain accesses. */
function write(prototype: string, changed: string, access: 'plain' | 'atomic'): FunctionDefinition {
  const options = access === 'atomic' ? bitops : { file: bitops.file, origin: bitops.origin };
  return fn(prototype, { ...options, locals: ['unsigned long word'] }, [
    fits('nr'),
    set('word', 'addr->word', access),
    set('addr->word', changed, access),
  ]);
}

/** Writes one bit, and tells what it was. */
function exchange(prototype: string, changed: string): FunctionDefinition {
  return fn(prototype, { ...bitops, locals: ['unsigned long word'] }, [
    fits('nr'),
    set('word', 'addr->word', 'atomic'),
    set('addr->word', changed, 'atomic'),
    ret('!!(word & BIT(nr))'),
  ]);
}

const with1 = 'word | BIT(nr)';
const with0 = 'word & ~BIT(nr)';

/**
 * Bits of one word: a bitmap's first, or a field that holds flags, which then is looked at as if it were a bitmap. A search may run
 * beside set_bit(): who acts on what it finds holds a lock, or asks again with test_and_set_bit().
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
  write('void set_bit(long nr, struct bitmap *addr)', with1, 'atomic'),
  write('void clear_bit(long nr, struct bitmap *addr)', with0, 'atomic'),
  write('void __set_bit(long nr, struct bitmap *addr)', with1, 'plain'),
  write('void __clear_bit(long nr, struct bitmap *addr)', with0, 'plain'),
  exchange('bool test_and_set_bit(long nr, struct bitmap *addr)', with1),
  exchange('bool test_and_clear_bit(long nr, struct bitmap *addr)', with0),
  fn(
    'bool test_bit(long nr, const struct bitmap *addr)',
    { ...find, file: bitops.file, locals: ['unsigned long word'] },
    [fits('nr'), set('word', 'addr->word', 'marked'), ret('!!(word & BIT(nr))')],
  ),
  /** The whole first word, as in the kernel. Words after it keep what they have: nothing of this model can read them. */
  fn('void bitmap_zero(struct bitmap *dst, unsigned int nbits)', bitmap, [set('dst->word', '0')]),
  fn('void bitmap_fill(struct bitmap *dst, unsigned int nbits)', bitmap, [
    when(
      `nbits >= ${bits}`,
      [set('dst->word', `BIT(${bits - 1}) - 1 + BIT(${bits - 1})`)],
      [set('dst->word', 'BIT(nbits) - 1')],
    ),
  ]),
];
