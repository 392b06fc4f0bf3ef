/** What every scenario owes to the revisions it applies to. */
import { describe, expect, it } from 'vitest';
import { revisionById, revisions } from '../models/revisions/index.js';
import { scenarioById, scenarios } from '../models/scenarios/index.js';
import type { Scenario } from '../models/scenarios/scenario.js';
import { resolveRevision, scenarioApplies } from './resolveRevision.js';
import { link } from './system/link.js';

const resolved = revisions.map((revision) => resolveRevision(revision, revisionById));
/** Fragments that scenarios of the TEE subsystem share: not each uses each. */
const shared = new Set(scenarioById('open-close')!.functions.map(({ name }) => name));

describe.each(scenarios)('scenario $id', (scenario: Scenario) => {
  const applicable = resolved.filter((revision) => scenarioApplies(scenario, revision));

  it('applies to some revision, links on each it applies to, and brings no function that nothing calls', () => {
    expect(applicable).not.toEqual([]);
    const used = new Set<string>();
    for (const revision of applicable) {
      for (const { definition } of link(revision, scenario).functions) used.add(definition.name);
    }
    const unused = scenario.functions.filter(({ name }) => !used.has(name) && !shared.has(name));
    expect(unused.map(({ name }) => name)).toEqual([]);
  });
});
