import { fn, ret } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const pure = { origin: 'kernel', atomic: { shared: [] } } as const;
const align = { ...pure, file: 'include/linux/align.h' };
const math = { ...pure, file: 'include/linux/math.h' };
const page = { ...pure, file: 'include/asm-generic/memory_model.h' };

/** Pure functions and macros, and the assertion of the debug options. Addresses are plain integers here: conversions between their kinds keep the value. */
export const helperFunctions: readonly FunctionDefinition[] = [
  /** What may sleep says so: with a spinlock held it is an error. */
  fn('void might_sleep(void)', { ...pure, file: 'include/linux/kernel.h', sleeps: true }, []),
  fn('size_t ALIGN(size_t x, size_t a)', align, [ret('(x + a - 1) / a * a')]),
  fn('size_t PAGE_ALIGN(size_t x)', { ...pure, file: 'include/linux/mm.h' }, [
    ret('(x + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE'),
  ]),
  fn('size_t roundup(size_t x, size_t y)', math, [ret('(x + y - 1) / y * y')]),
  fn('size_t rounddown(size_t x, size_t y)', math, [ret('x / y * y')]),
  fn('size_t DIV_ROUND_UP(size_t n, size_t d)', math, [ret('(n + d - 1) / d')]),
  fn('unsigned long untagged_addr(unsigned long addr)', { ...pure, file: 'include/linux/uaccess.h' }, [ret('addr')]),
  fn('size_t size_add(size_t a, size_t b)', { ...pure, file: 'include/linux/overflow.h' }, [ret('a + b')]),
  fn('size_t size_mul(size_t a, size_t b)', { ...pure, file: 'include/linux/overflow.h' }, [ret('a * b')]),
  fn('struct page *phys_to_page(phys_addr_t paddr)', page, [ret('paddr')]),
  fn('phys_addr_t page_to_phys(struct page *page)', page, [ret('page')]),
  fn('struct page *virt_to_page(const void *kaddr)', page, [ret('kaddr')]),
  fn('phys_addr_t virt_to_phys(const void *kaddr)', { ...pure, file: 'include/asm-generic/io.h' }, [ret('kaddr')]),
];
