/**
 * Every default scenario on the v4 revision and on its base: state counts, depth and findings, pinned. A silent loss of coverage,
 * a reduction that stops working or works too well, a model that changes its behaviour: each shows here.
 */
import { describe, expect, it } from 'vitest';
import { revisionById } from '../models/revisions/index.js';
import { v4Branches } from '../models/revisions/v4Branches.js';
import { scenarios } from '../models/scenarios/index.js';
import { resolveRevision, scenarioApplies } from './resolveRevision.js';
import type { ScenarioRun } from './scenarioRun.js';
import { runScenario } from './scenarioRun.js';
import { defaultOptions } from './system/linkedSystem.js';

/** What is found, by the names that the audit of the patch gives. */
const groups: Readonly<Record<string, readonly string[]>> = {
  /** tee_device_put() completes before it unlocks: one root cause, seen in three ways. */
  H1: ['lock-destroyed-held-7157bbf4', 'uninitialised-7ab49243', 'use-after-free-ce1ab3ad'],
  /** `size` and `flags` are documented as output and never written. */
  V1: ['output-not-written-0d62f0e8', 'output-not-written-e1404f4e'],
  /** Notes: operations that only refuse. */
  V3: ['refusing-operation-18696a14', 'refusing-operation-9bae6140', 'refusing-operation-c3d8c7a8'],
  /** match_dev() calls into the driver without being a user of the device (tee_client_open_context() in the base). */
  matchDev: ['data-race-4e130b3c', 'null-dereference-0864560d'],
};

/** Per scenario: states, transitions, depth, findings. */
const pins: Readonly<Record<string, Readonly<Record<string, readonly [number, number, number, string]>>>> = {
  v4: {
    'allocate-close': [3452, 6522, 49, 'H1 V1 V3'],
    'shm-close': [2779, 5232, 53, 'H1 V3'],
    'open-close': [2755, 7570, 40, 'V3'],
    arguments: [275, 3547, 6, 'V1 V3'],
    'look-up-id': [5629, 12716, 36, 'V1 V3'],
    'look-up-close': [36716, 102598, 68, 'H1 V3'],
    'two-allocators': [53383, 114986, 52, 'V1 V3'],
    'two-contexts': [31027, 71733, 37, 'V1 V3'],
    'close-guessed': [92059, 252075, 89, 'H1 V1 V3'],
    import: [20441, 55461, 92, 'H1 V1 V3'],
    'import-dynamic': [1333, 2538, 45, 'V1 V3'],
    'pass-buffer': [10556, 25696, 71, 'H1 V1 V3'],
    'kernel-importer': [9472, 27959, 62, 'H1 V3'],
    'two-putters': [5028, 13351, 59, 'H1 V3'],
    'two-shm-putters': [3797, 9906, 54, 'H1 V3'],
    'release-with-message': [2784, 5160, 59, 'H1 V3'],
    'driver-pool': [2369, 4471, 53, 'H1 V1 V3'],
    'pool-life': [2, 11, 1, 'V3'],
    'minimal-driver': [2143, 4108, 52, 'H1 V3'],
    'no-rstmem-free': [225, 395, 27, 'V3'],
    'no-rstmem': [23597, 47296, 76, 'H1 V3'],
    'no-rstmem-kernel-client': [44517, 130170, 53, 'H1 V3 matchDev'],
    'kernel-client': [683, 1301, 32, 'H1 V3 matchDev'],
    'kernel-client-beside-user-unbind': [150526, 440512, 62, 'H1 V1 V3 matchDev'],
    'kernel-client-beside-user': [14057, 32125, 28, 'V1 V3'],
    'general-client': [453196, 866448, 97, 'H1 V1 V3'],
    'general-client-pool': [37939, 74999, 78, 'H1 V1 V3'],
    'general-siblings': [87998, 179460, 87, 'V1 V3'],
    'general-siblings-unbind': [107736, 304224, 87, 'H1 V1 V3'],
    'general-strangers': [111591, 242164, 40, 'V1 V3'],
    'close-context-client': [79, 126, 21, 'H1 V3'],
    'close-context-file': [148, 252, 26, 'V3'],
  },
  'v6.12': {
    'allocate-close': [274, 491, 27, ''],
    'shm-close': [2779, 5232, 53, 'H1'],
    'open-close': [2755, 7570, 40, ''],
    arguments: [87, 3084, 6, ''],
    'look-up-id': [102, 205, 27, ''],
    'two-allocators': [61, 76, 26, ''],
    'two-contexts': [940, 1966, 27, ''],
    'close-guessed': [32567, 88333, 89, 'H1'],
    import: [799, 1915, 38, ''],
    'import-dynamic': [40, 61, 15, ''],
    'pass-buffer': [400, 884, 30, ''],
    'two-shm-putters': [3797, 9906, 54, 'H1'],
    'release-with-message': [2784, 5160, 59, 'H1'],
    'minimal-driver': [2085, 4001, 52, 'H1'],
    'kernel-client': [683, 1301, 32, 'H1 matchDev'],
    'kernel-client-beside-user-unbind': [38897, 114137, 51, 'H1 matchDev'],
    'kernel-client-beside-user': [9201, 21109, 28, ''],
    'general-client': [94230, 183297, 99, 'H1'],
    'general-siblings': [34271, 68926, 88, ''],
    'general-siblings-unbind': [38309, 107396, 87, 'H1'],
    'general-strangers': [49150, 104528, 40, ''],
    'close-context-client': [79, 126, 21, 'H1'],
    'close-context-file': [148, 252, 26, ''],
  },
};

/** Lines of the patch that nothing reaches: a device without users (A0) and an id that cannot be published (A5). */
const unreachable = [
  'drivers/tee/tee_rstmem.c:136 tee_rstmem_alloc',
  'drivers/tee/tee_rstmem.c:173 tee_rstmem_alloc',
  'drivers/tee/tee_rstmem.c:191 tee_rstmem_alloc',
];

const minutes = 60_000;

describe.each(['v4', 'v6.12'])('the default scenarios of %s', (id) => {
  const revision = resolveRevision(revisionById(id)!, revisionById);
  const applicable = scenarios.filter((scenario) => scenario.size === 'default' && scenarioApplies(scenario, revision));
  const runs: ScenarioRun[] = [];

  it('are the pinned ones', () => {
    expect(applicable.map((scenario) => scenario.id).sort()).toEqual(Object.keys(pins[id]!).sort());
  });

  it.each(applicable.map((scenario) => [scenario.id, scenario] as const))(
    '%s',
    (name, scenario) => {
      const run = runScenario(revision, scenario, defaultOptions, { maxStates: 3e6, timeout: Infinity, now: () => 0 });
      runs.push(run);
      const [states, transitions, depth, found] = pins[id]![name]!;
      expect(run.limits).toEqual([]);
      expect([run.states, run.transitions, run.depth]).toEqual([states, transitions, depth]);
      const expected = found === '' ? [] : found.split(' ').flatMap((group) => groups[group]!);
      expect([...new Set(run.findings.map((finding) => finding.id))].sort()).toEqual([...expected].sort());
    },
    10 * minutes,
  );

  it('together reach every line of the patch but those that cannot be reached, and leave no property vacuous', () => {
    expect(runs).toHaveLength(applicable.length);
    const [first, ...others] = runs.map((run) => new Set(run.coverage.untouched));
    const never = [...first!].filter((place) => others.every((places) => places.has(place))).sort();
    if (id === 'v6.12') return expect(never).toEqual([]);
    expect(never).toEqual(unreachable);
    for (const branch of v4Branches) {
      const file = branch.function === 'tee_rstmem_alloc' ? 'tee_rstmem.c' : 'tee_core.c';
      const missed = never.includes(`drivers/tee/${file}:${branch.next} ${branch.function}`);
      expect(missed, branch.id).toBe(branch.id === 'A0' || branch.id === 'A5');
    }
    expect(runs[0]!.vacuous.filter((property) => runs.every((run) => run.vacuous.includes(property)))).toEqual([]);
  });
});
