import { fn, ret } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

/** User mappings. */
export const mmFunctions: readonly FunctionDefinition[] = [
  fn(
    'unsigned long vma_pages(const struct vm_area_struct *vma)',
    { file: 'include/linux/mm.h', origin: 'kernel', atomic: { shared: ['vma'] } },
    [ret('(vma->vm_end - vma->vm_start) >> PAGE_SHIFT')],
  ),
];
