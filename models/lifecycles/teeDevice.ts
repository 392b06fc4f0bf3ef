import { setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * Watches a `struct tee_device`: alloc → register → unregister, and users only until unregister has returned.
 *
 * Source: drivers/tee/tee_core.c (tee_device_alloc, tee_device_register, tee_device_get, tee_device_put,
 * tee_device_unregister), v6.12. `tee_device_unregister` waits for the last user, so a get that succeeds, or a put, after
 * its return is by somebody it did not wait for. It is also how a device that was never registered is removed.
 *
 * Left out: the number of users (`num_users` and `c_no_users` are cells), the references to `struct device`.
 */
const machine = setup({
  types: machineTypes<
    { result: number },
    | { type: 'alloc' }
    | { type: 'register' }
    | { type: 'unregister' }
    | { type: 'unregistered' }
    | { type: 'get' }
    | { type: 'put' }
  >(),
}).createMachine({
  id: 'tee_device',
  context: { result: 0 },
  initial: 'new',
  states: {
    new: {
      description: 'tee_device_alloc has not returned it yet.',
      on: {
        alloc: 'alive',
        register: 'registered',
        unregister: 'unregistering',
        unregistered: 'gone',
        get: 'new',
        put: 'new',
      },
    },
    alive: {
      description: 'Allocated; user space cannot open it.',
      on: {
        alloc: 'alive',
        register: 'registered',
        unregister: 'unregistering',
        unregistered: 'gone',
        get: 'alive',
        put: 'alive',
      },
    },
    registered: {
      description: 'User space can open it.',
      on: {
        alloc: 'registered',
        register: 'registeredTwice',
        unregister: 'unregistering',
        unregistered: 'gone',
        get: 'registered',
        put: 'registered',
      },
    },
    unregistering: {
      description: 'tee_device_unregister waits for the last user.',
      on: {
        alloc: 'unregistering',
        register: 'unregistering',
        unregister: 'unregisteredTwice',
        unregistered: 'gone',
        get: 'unregistering',
        put: 'unregistering',
      },
    },
    gone: {
      description: 'tee_device_unregister has returned: there are no users.',
      on: {
        alloc: 'gone',
        register: 'usedAfterUnregister',
        unregister: 'usedAfterUnregister',
        unregistered: 'gone',
        get: 'usedAfterUnregister',
        put: 'usedAfterUnregister',
      },
    },
    registeredTwice: {
      description: 'tee_device_register succeeded a second time.',
      meta: { violates: 'operation-order' },
      always: 'registered',
    },
    unregisteredTwice: {
      description: 'tee_device_unregister called while another call waits.',
      meta: { violates: 'operation-order' },
      always: 'unregistering',
    },
    usedAfterUnregister: {
      description: 'Taken, given back, registered or unregistered after tee_device_unregister returned.',
      meta: { violates: 'operation-order' },
      always: 'gone',
    },
  },
});

/** Monitor of a TEE device. */
export const teeDevice: Lifecycle = {
  id: 'tee_device',
  title: 'TEE device: alloc, register, users, unregister',
  use: 'monitor',
  cType: 'tee_device',
  source: 'drivers/tee/tee_core.c, tee_device_unregister; v6.12',
  machine,
  events: [
    { type: 'alloc' },
    { type: 'register' },
    { type: 'unregister' },
    { type: 'unregistered' },
    { type: 'get' },
    { type: 'put' },
  ],
  bindings: [
    { event: 'alloc', function: 'tee_device_alloc', when: 'return', object: 'result', outcome: 'pointer' },
    {
      event: 'register',
      function: 'tee_device_register',
      when: 'return',
      object: { argument: 0 },
      outcome: 'false',
    },
    { event: 'unregister', function: 'tee_device_unregister', when: 'call', object: { argument: 0 } },
    { event: 'unregistered', function: 'tee_device_unregister', when: 'return', object: { argument: 0 } },
    { event: 'get', function: 'tee_device_get', when: 'return', object: { argument: 0 }, outcome: 'true' },
    { event: 'put', function: 'tee_device_put', when: 'call', object: { argument: 0 } },
  ],
};
