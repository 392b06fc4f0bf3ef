import { choose, outcome, ret, run, set, when } from '../../program/build.js';
import type { FunctionDefinition } from '../../program/functionDefinition.js';
import type { ScenarioThread } from '../scenario.js';
import { outside } from './world.js';

/** A client in the kernel: opens a context, takes memory in it or shares its own, and closes. */
export const kernelClient: FunctionDefinition = outside(
  'void kernel_client(void)',
  [
    set('ctx', 'tee_client_open_context(NULL, env_match_any, NULL, NULL)'),
    when('IS_ERR(ctx)', [ret()]),
    choose('what it is opened for', [
      outcome('memory', [
        set('shm', 'tee_shm_alloc_kernel_buf(ctx, PAGE_SIZE)'),
        when('!IS_ERR(shm)', [run('tee_shm_free(shm)')]),
      ]),
      outcome('memory of its own', [
        set('shm', 'tee_shm_register_kernel_buf(ctx, PAGE_SIZE, PAGE_SIZE)'),
        when('!IS_ERR(shm)', [run('tee_shm_free(shm)')]),
      ]),
      outcome('nothing'),
    ]),
    run('tee_client_close_context(ctx)'),
  ],
  ['struct tee_context *ctx', 'struct tee_shm *shm'],
  { file: '<kernel client>' },
);

/** Its thread. It drops no files. */
export const kernelClientThread: ScenarioThread = { name: 'kernel client', process: null, run: 'kernel_client' };
