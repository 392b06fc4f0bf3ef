/**
 * SPIN counts the states and transitions of the ladder's rungs in their exported models. Needs spin and gcc; INTERLEAF_SPIN_STATES is the
 * number of states up to which rungs are counted: 30000000 for all that are known, in a quarter of an hour and 8 GB.
 */
import { describe, expect, it } from 'vitest';
import { toPromela } from '../../checker/export/promela.js';
import { exportModel } from '../../checker/export/runModel.js';
import { resolveRevision } from '../../checker/resolveRevision.js';
import { link } from '../../checker/system/link.js';
import { runSpin, spinMissing } from '../../checker/testing/spin.js';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { rungs } from './rungs.js';

const missing = spinMissing();
const most = Number(process.env['INTERLEAF_SPIN_STATES'] ?? 40_000);
const counted = rungs.filter(({ full }) => full !== null && full[0] <= most);

describe.skipIf(missing !== null)(
  `SPIN counts the rungs of the ladder${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    it.each(counted.map((rung) => [rung.scenario, rung] as const))(
      'in %s',
      (_, { revision, scenario, full }) => {
        const system = link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!);
        const [states, transitions] = full!;
        const model = exportModel(system, { maxStates: states, walks: 0 });
        expect([model.states, model.transitions, model.complete]).toEqual([states, transitions, true]);
        expect(runSpin(toPromela(model))).toEqual({ states, transitions: transitions + 1, errors: 0 });
      },
      30 * 60_000,
    );
  },
);
