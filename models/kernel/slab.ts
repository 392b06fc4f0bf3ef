import { alloc, choose, fault, fn, free, outcome, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';
import { block } from './block.js';

/**
 * `place = kzalloc(sizeof(struct tag), GFP_KERNEL)`: NULL on failure (include/linux/slab.h, kzalloc, v6.12). A size is not a
 * type, so allocation is a statement here, not a function.
 *
 * @example [kzalloc('shm', 'tee_shm'), when('!shm', [ret('-ENOMEM')])]
 */
export function kzalloc(place: string, tag: string): Statement {
  return allocation('kzalloc', place, tag, true);
}

/** As `kzalloc`, with memory that must be written before it is read. */
export function kmalloc(place: string, tag: string): Statement {
  return allocation('kmalloc', place, tag, false);
}

/** As `kzalloc` for an array: one object of type `tag` stands for the elements. */
export function kcalloc(place: string, tag: string): Statement {
  return allocation('kcalloc', place, tag, true);
}

function allocation(name: string, place: string, tag: string, zeroed: boolean): Statement {
  return block(
    run('might_sleep()'),
    choose(name, [outcome('success', [alloc(place, tag, { zeroed })]), fault('NULL', [set(place, 'NULL')])]),
  );
}

/** Freeing. What is wrong with a pointer (freed twice, an error) is the memory's own lifecycle. */
export const slabFunctions: readonly FunctionDefinition[] = [
  fn('void kfree(const void *p)', { file: 'mm/slub.c', origin: 'kernel', atomic: { shared: ['p'] } }, [
    when('p', [free('p')]),
  ]),
  fn('void kfree_sensitive(const void *p)', { file: 'mm/slab_common.c', origin: 'kernel', atomic: { shared: ['p'] } }, [
    when('p', [free('p')]),
  ]),
  fn('void vfree(const void *addr)', { file: 'mm/vmalloc.c', origin: 'kernel', atomic: { shared: ['addr'] } }, [
    run('might_sleep()'),
    when('addr', [free('addr')]),
  ]),
  fn('void kvfree(const void *p)', { file: 'mm/util.c', origin: 'kernel', atomic: { shared: ['p'] } }, [
    when('p', [free('p')]),
  ]),
];
