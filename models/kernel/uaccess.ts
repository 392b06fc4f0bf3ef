import { choose, fault, fn, outcome, ret, run, set } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';
import { block } from './block.js';

/**
 * `if (copy_from_user(&to, from, sizeof(to))) failed` (include/linux/uaccess.h, v6.12), field by field.
 *
 * `to` is an object expression (`data`), `from` a pointer to the user's struct (`udata`), an object that the caller of the
 * system call made. Left out: user memory that another thread changes meanwhile, and a copy that stops half-way.
 *
 * @example copyFromUser('data', 'udata', ['size', 'flags'], [ret('-EFAULT')])
 */
export function copyFromUser(
  to: string,
  from: string,
  fields: readonly string[],
  failed: readonly Statement[],
): Statement {
  const copies = fields.map((field) => set(`${to}.${field}`, `${from}->${field}`));
  return userAccess('copy_from_user', copies, failed);
}

/** `if (copy_to_user(to, &from, sizeof(from))) failed`: the reverse of `copyFromUser`; `to` is the user's pointer. */
export function copyToUser(
  to: string,
  from: string,
  fields: readonly string[],
  failed: readonly Statement[],
): Statement {
  const copies = fields.map((field) => set(`${to}->${field}`, `${from}.${field}`));
  return userAccess('copy_to_user', copies, failed);
}

/**
 * `if (put_user(value, &place)) failed`, where `place` is a field of the user's struct.
 *
 * @example putUser('udata->id', 'id', [run('dma_buf_put(dmabuf)'), ret('-EFAULT')])
 */
export function putUser(place: string, value: string, failed: readonly Statement[]): Statement {
  return userAccess('put_user', [set(place, value)], failed);
}

function userAccess(name: string, done: readonly Statement[], failed: readonly Statement[]): Statement {
  return block(run('might_sleep()'), choose(name, [outcome('success', done), fault('-EFAULT', failed)]));
}

/** What else touches user addresses. */
export const uaccessFunctions: readonly FunctionDefinition[] = [
  fn(
    'bool access_ok(const void *addr, size_t size)',
    { file: 'include/asm-generic/access_ok.h', origin: 'kernel', atomic: { shared: [] } },
    [choose('access_ok', [outcome('true', [ret('true')]), fault('false', [ret('false')])])],
  ),
  fn('void *u64_to_user_ptr(u64 x)', { file: 'include/linux/kernel.h', origin: 'kernel', atomic: { shared: [] } }, [
    ret('x'),
  ]),
];
