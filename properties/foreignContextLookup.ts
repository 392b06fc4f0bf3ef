import type { Property } from './property.js';

export const foreignContextLookup: Property = {
  id: 'foreign-context-lookup',
  severity: 'violation',
  group: 'safety',
  title: "a lookup by id returns only objects of the caller's context",
  why:
    'Ids of shared memory are given out per device, but a client may only use those of its own context: otherwise it ' +
    'can use, and with a guessed number free, the memory of another client.',
  source: 'drivers/tee/tee_shm.c, tee_shm_get_from_id; v6.12',
  exercisedBy: [{ kind: 'call', functions: ['tee_shm_get_from_id'] }],
};
