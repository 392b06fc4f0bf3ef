import { everyCall } from './parts/calls.js';
import { mostGeneralClient } from './parts/mostGeneralClient.js';

/** Registered memory is the business of the shorter sequences: it comes and goes as allocated memory does. */
const menu = everyCall([0, 1]).filter((call) => !call.activities.includes('shm-register'));

/** One client that does anything. */
export const generalClient = mostGeneralClient({
  id: 'general-client',
  title: 'any three calls of one client, while the driver is unbound',
  description:
    'A most general client: any sequence of up to three system calls, with own, guessed and closed fds and ids, in up to three contexts, and each failure. The driver is unbound meanwhile.',
  activities: ['foreign-context'],
  clients: { client: { process: 'A', calls: 3, menu } },
});

/** The same, further. */
export const generalClientLarge = mostGeneralClient({
  id: 'general-client-4',
  title: 'any four calls of one client, while the driver is unbound',
  description: 'As general-client, with up to four system calls.',
  size: 'large',
  activities: ['foreign-context'],
  clients: { client: { process: 'A', calls: 4, menu: everyCall([0, 1]) } },
});

/** The same, with the patch's pool. */
export const generalClientPool = mostGeneralClient({
  id: 'general-client-pool',
  title: 'any two calls of one client of a driver with a pool, while the driver is unbound',
  description:
    'A most general client of a driver that takes restricted memory from the pool of the patch: any sequence of up to two system calls. The driver is unbound meanwhile, and destroys the pool.',
  requires: ['tee_rstmem_gen_pool_alloc'],
  driver: '_rstmem_pool',
  activities: ['pool', 'foreign-context'],
  clients: { client: { process: 'A', calls: 2, menu: everyCall([0, 1]) } },
});
