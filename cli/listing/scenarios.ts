import { resolveRevision, scenarioApplies } from '../../checker/resolveRevision.js';
import { revisionById, revisions } from '../../models/revisions/index.js';
import type { Revision } from '../../models/revisions/revision.js';
import { describeFamily, familyOf } from '../../models/scenarios/families/index.js';
import { scenarios } from '../../models/scenarios/index.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import type { Section } from './section.js';

/** The built-in scenarios, and the revisions each applies to. */
export const scenarioSection: Section = {
  name: 'scenarios',
  title: 'Scenarios: the closed systems a revision is checked in',
  entries: () => {
    const resolved = (revisions as readonly Revision[]).map((revision) => resolveRevision(revision, revisionById));
    return (scenarios as readonly Scenario[]).map((scenario) => {
      const { id, title, description, size, activities, subsystem } = scenario;
      const appliesTo = resolved
        .filter((revision) => scenarioApplies(scenario, revision))
        .map(({ revision }) => revision.id);
      const family = familyOf(id);
      const threads = scenario.threads.map(({ name }) => name);
      return {
        id,
        summary: `${title}${size === 'large' ? ' (large: runs when named)' : ''}`,
        details: [
          description,
          `threads: ${threads.join(', ')}`,
          `applies to: ${appliesTo.join(', ') || 'no built-in revision'}`,
          ...(family ? [`one of ${describeFamily(family)}`] : []),
        ],
        data: { id, title, description, size, activities, subsystem, threads, appliesTo },
      };
    });
  },
};
