import { fn } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const file = 'include/linux/wait.h';

function nothing(prototype: string): FunctionDefinition {
  return fn(prototype, { file, origin: 'kernel', atomic: { shared: [] } }, []);
}

/**
 * Wait queues. Who waits for a condition goes on as soon as it holds, here; so waking up has no effect, and a wake-up that is
 * forgotten or comes too early is not found.
 */
export const waitQueueFunctions: readonly FunctionDefinition[] = [
  nothing('void init_waitqueue_head(struct wait_queue_head *wq_head)'),
  nothing('void wake_up(struct wait_queue_head *wq_head)'),
  nothing('void wake_up_all(struct wait_queue_head *wq_head)'),
  nothing('void wake_up_nr(struct wait_queue_head *wq_head, int nr)'),
  nothing('void wake_up_interruptible(struct wait_queue_head *wq_head)'),
  nothing('void wake_up_interruptible_all(struct wait_queue_head *wq_head)'),
  nothing('void wake_up_locked(struct wait_queue_head *wq_head)'),
];
