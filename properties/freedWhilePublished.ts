import type { Property } from './property.js';

export const freedWhilePublished: Property = {
  id: 'freed-while-published',
  severity: 'violation',
  group: 'safety',
  title: 'an object is freed only after its id is removed',
  why:
    'As long as an id leads to an object, a lookup can find it. The last put takes the id away in the same critical ' +
    'section in which the count becomes zero, before it frees.',
  source: 'drivers/tee/tee_shm.c, tee_shm_put, tee_shm_get_from_id; Documentation/core-api/idr.rst; v6.12',
  exercisedBy: [{ kind: 'event', lifecycle: 'idr_slot', events: ['allocObject', 'replace'] }],
};
