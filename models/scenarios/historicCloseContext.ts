import { run, set } from '../program/build.js';
import type { Scenario } from './scenario.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** A context without a file: nothing but the context's user count keeps the device. */
export const closeContextClient: Scenario = teeScenario({
  id: 'close-context-client',
  title: 'a kernel client closes its context, while the driver is unbound',
  description:
    'A kernel client has a context open and closes it; the driver is unbound meanwhile. Closing gives back the user of the device and releases the context, which calls into the driver. Once the user is given back the device may be gone.',
  activities: ['kernel-client', 'unregister'],
  threads: [{ name: 'client', process: null, run: 'close_context' }],
  setup: [{ as: 'client', run: 'open_context' }],
  functions: [
    outside(
      'void open_context(void)',
      [set('world.ctx', 'tee_client_open_context(NULL, env_match_any, NULL, NULL)')],
      [],
      { file: '<kernel client>' },
    ),
    outside('void close_context(void)', [run('tee_client_close_context(world.ctx)')], [], { file: '<kernel client>' }),
  ],
});

/** A context with a file, which keeps the memory of the device until it is released. */
export const closeContextFile: Scenario = teeScenario({
  id: 'close-context-file',
  title: 'the TEE device is closed, while the driver is unbound',
  description:
    'A client closes the TEE device; the driver is unbound meanwhile. The file keeps the memory of the device until its release is done, but not the driver: the device has one only as long as it has users.',
  activities: ['close-device', 'unregister'],
  threads: [{ name: 'client', process: 'A', run: 'close_device' }],
  opens: ['client'],
  functions: [outside('void close_device(void)', [run('sys_close(0)')])],
});
