import { choose, fault, fn, outcome, ret, run } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const file = 'kernel/sched/completion.c';
const atomic = { shared: ['x'] };
const waiting = { file, origin: 'kernel', sleeps: true } as const;

/** Completions. A wait consumes one `done`; complete_all() saturates it. A signal or a timeout may end a wait at any time. */
export const completionFunctions: readonly FunctionDefinition[] = [
  fn('void init_completion(struct completion *x)', { file: 'include/linux/completion.h', origin: 'kernel', atomic }, [
    run('@init(x)'),
  ]),
  fn('void reinit_completion(struct completion *x)', { file: 'include/linux/completion.h', origin: 'kernel', atomic }, [
    run('@reinit(x)'),
  ]),
  fn('void complete(struct completion *x)', { file, origin: 'kernel', atomic }, [run('@complete(x)')]),
  fn('void complete_all(struct completion *x)', { file, origin: 'kernel', atomic }, [run('@completeAll(x)')]),
  fn('void wait_for_completion(struct completion *x)', { file, origin: 'kernel', atomic, sleeps: true }, [
    run('@wait(x)'),
  ]),
  fn('int wait_for_completion_interruptible(struct completion *x)', waiting, [
    choose('wait_for_completion_interruptible', [
      outcome('done', [run('wait_for_completion(x)'), ret('0')]),
      fault('-ERESTARTSYS', [ret('-ERESTARTSYS')]),
    ]),
  ]),
  fn('int wait_for_completion_killable(struct completion *x)', waiting, [
    choose('wait_for_completion_killable', [
      outcome('done', [run('wait_for_completion(x)'), ret('0')]),
      fault('-ERESTARTSYS', [ret('-ERESTARTSYS')]),
    ]),
  ]),
  /** What is left of the time, at least 1, or 0. */
  fn('unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout)', waiting, [
    choose('wait_for_completion_timeout', [
      outcome('done', [run('wait_for_completion(x)'), ret('1')]),
      fault('timeout', [ret('0')]),
    ]),
  ]),
  fn('long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout)', waiting, [
    choose('wait_for_completion_interruptible_timeout', [
      outcome('done', [run('wait_for_completion(x)'), ret('1')]),
      fault('timeout', [ret('0')]),
      fault('-ERESTARTSYS', [ret('-ERESTARTSYS')]),
    ]),
  ]),
  fn('bool completion_done(struct completion *x)', { file, origin: 'kernel', atomic }, [ret('@isDone(x)')]),
  fn('bool try_wait_for_completion(struct completion *x)', { file, origin: 'kernel', atomic }, [ret('@tryWait(x)')]),
];
