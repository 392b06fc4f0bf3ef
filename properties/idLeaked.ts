import type { Property } from './property.js';

export const idLeaked: Property = {
  id: 'id-leaked',
  severity: 'violation',
  group: 'end of run',
  title: 'every id is free again at the end',
  why:
    'An id is reserved before its object is complete, so every error path after that removes it, and so does the ' +
    'release of the object. An id that stays taken is lost until the device goes away.',
  source: 'drivers/tee/tee_shm.c, tee_shm_alloc_user_buf, tee_shm_put; lib/idr.c, idr_remove; v6.12',
  exercisedBy: [{ kind: 'event', lifecycle: 'idr_slot', events: ['alloc', 'allocObject'] }],
};
