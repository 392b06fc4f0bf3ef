import type { Property } from './property.js';

export const unregisterReturns: Property = {
  id: 'unregister-returns',
  severity: 'violation',
  group: 'progress',
  title: 'unregistering a device returns when its users are gone',
  why:
    'The driver core waits in unbind, with the device locked and without a timeout, until the last user has put the ' +
    "device. A user that is never put hangs the module's removal and the machine's shutdown.",
  source: 'drivers/tee/tee_core.c, tee_device_unregister; kernel/sched/completion.c, wait_for_completion; v6.12',
  exercisedBy: [{ kind: 'event', lifecycle: 'completion', events: ['wait'] }],
};
