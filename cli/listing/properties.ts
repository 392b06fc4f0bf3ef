import { properties } from '../../properties/index.js';
import type { Property } from '../../properties/property.js';
import type { Section } from './section.js';

/** What is checked, and why it must hold. */
export const propertySection: Section = {
  name: 'properties',
  title: 'Properties: what is checked',
  entries: () =>
    (properties as readonly Property[]).map(({ id, severity, group, title, why, source }) => ({
      id,
      summary: `${title}${severity === 'note' ? ' (note: never changes the verdict)' : ''}`,
      details: [`${group}; ${source}`, why],
      data: { id, severity, group, title, why, source },
    })),
};
