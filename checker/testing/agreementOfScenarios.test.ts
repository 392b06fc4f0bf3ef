/**
 * Every engine on every default scenario: the same answer as the full search, whose counts are pinned. Scenarios with more states
 * than `INTERLEAF_AGREEMENT_STATES` are skipped.
 */
import { describe, expect, it } from 'vitest';
import { revisionById } from '../../models/revisions/index.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { scenarios } from '../../models/scenarios/index.js';
import { resolveRevision, scenarioApplies } from '../resolveRevision.js';
import { link } from '../system/link.js';
import { engines, expectAgreement } from './agreement.js';
import { pinnedFullRuns } from './pinnedFullRuns.js';

const maxStates = Number(process.env['INTERLEAF_AGREEMENT_STATES'] ?? 15_000);
const minutes = 60_000;

describe.each(Object.entries(pinnedFullRuns))('the default scenarios of %s', (id, pinned) => {
  const revision = resolveRevision(revisionById(id)!, revisionById);
  const applicable = (scenarios as readonly Scenario[]).filter(
    (scenario) => scenario.size === 'default' && scenarioApplies(scenario, revision),
  );

  it('are the pinned ones', () => {
    expect(applicable.map((scenario) => scenario.id).sort()).toEqual(Object.keys(pinned).sort());
  });

  for (const scenario of applicable) {
    const counts = pinned[scenario.id];
    it.skipIf(counts === undefined || counts[0] > maxStates)(
      `${scenario.id}: every engine agrees`,
      () => {
        const full = expectAgreement(link(revision, scenario), engines, { maxStates });
        expect([full.states, full.transitions, full.depth, full.cuts]).toEqual(counts);
      },
      60 * minutes,
    );
  }
});
