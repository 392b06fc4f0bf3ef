import { run, set, when } from '../program/build.js';
import { calls, everyCall } from './parts/calls.js';
import { kernelClient, kernelClientThread } from './parts/kernelClient.js';
import { mostGeneralClient } from './parts/mostGeneralClient.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** A driver with what the subsystem requires, and no more. */
export const minimalDriver = mostGeneralClient({
  id: 'minimal-driver',
  title: 'any call of one client of a driver that only opens and releases contexts',
  description:
    'A most general client of a driver that has no optional operation; the driver is unbound meanwhile. Whatever the driver lacks is refused, with everything given back.',
  driver: '_minimal',
  activities: ['no-rstmem'],
  clients: { client: { process: 'A', calls: 1, menu: everyCall() } },
});

/** A driver without the operations for restricted memory. */
export const noRestrictedMemory = mostGeneralClient({
  id: 'no-rstmem',
  title: 'any two calls of one client of a driver without restricted memory',
  description:
    'A most general client of a driver that has no operations for restricted memory; the driver is unbound meanwhile. Whoever asks for some is refused, with everything given back.',
  requires: ['tee_rstmem_alloc'],
  driver: '_no_rstmem',
  activities: ['no-rstmem', 'foreign-context'],
  clients: { client: { process: 'A', calls: 2, menu: everyCall([0, 1]) } },
});

/** With a pool all the same, and a client in the kernel. */
export const noRestrictedMemoryKernel = mostGeneralClient({
  id: 'no-rstmem-kernel-client',
  title: 'clients in user space and in the kernel of a driver that has a pool but does not offer it',
  description:
    'The driver makes its pool of restricted memory when it is bound, but has no operations for it. A client asks for some, closes the TEE device or opens it again, a client in the kernel opens a context and takes memory; the driver is unbound meanwhile.',
  requires: ['tee_rstmem_gen_pool_alloc'],
  driver: '_no_rstmem',
  makesPool: true,
  activities: ['no-rstmem', 'pool', 'kernel-client', 'foreign-context'],
  clients: {
    client: { process: 'A', calls: 1, menu: [calls.allocate(), calls.close([0], ['close-device']), calls.open()] },
  },
  threads: [kernelClientThread],
  functions: [kernelClient],
});

/** A driver with half of the operations. */
export const noRestrictedFree = teeScenario({
  id: 'no-rstmem-free',
  title: 'a driver that has restricted memory but cannot take it back',
  description:
    'The driver has the operation that allocates restricted memory and lacks the one that frees it: the first must not be called. A client asks for memory and leaves; the driver is unbound meanwhile.',
  requires: ['tee_rstmem_alloc'],
  activities: ['no-rstmem', 'allocate', 'unregister'],
  driver: '_no_rstmem_free',
  tables: [
    {
      name: 'env_tee_ops_no_rstmem_free',
      type: 'tee_driver_ops',
      fields: {
        get_version: 'env_get_version',
        open: 'env_open',
        release: 'env_release',
        rstmem_alloc: 'env_rstmem_alloc',
      },
      file: '<driver>',
    },
    {
      name: 'env_tee_desc_no_rstmem_free',
      type: 'tee_desc',
      fields: { name: 1, ops: 'env_tee_ops_no_rstmem_free', flags: 0 },
      file: '<driver>',
    },
  ],
  threads: [{ name: 'client', process: 'A', run: 'client' }],
  opens: ['client'],
  functions: [
    outside('void client(void)', [set('fd', 'user_allocate(0)'), when('fd >= 0', [run('sys_close(fd)')])], ['int fd']),
  ],
});
