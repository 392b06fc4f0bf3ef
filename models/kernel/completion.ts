import { fn, ret, run } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const file = 'kernel/sched/completion.c';
const atomic = { shared: ['x'] };

/** Completions. A wait consumes one `done`; complete_all() saturates it. */
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
  fn('bool try_wait_for_completion(struct completion *x)', { file, origin: 'kernel', atomic }, [ret('@tryWait(x)')]),
];
