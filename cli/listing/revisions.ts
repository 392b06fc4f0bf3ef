import { revisions } from '../../models/revisions/index.js';
import type { Revision } from '../../models/revisions/revision.js';
import type { Section } from './section.js';

/** The built-in revisions. */
export const revisionSection: Section = {
  name: 'revisions',
  title: 'Revisions: the states of the code',
  entries: () =>
    (revisions as readonly Revision[]).map(({ id, title, base, kernel, source, omits, subsystem }) => ({
      id,
      summary: base === null ? title : `${title} (on ${base})`,
      details: [
        `kernel ${kernel}, subsystem ${subsystem}; ${source}`,
        ...omits.map((omitted) => `not modelled: ${omitted}`),
      ],
      data: { id, title, base, kernel, source, omits, subsystem },
    })),
};
