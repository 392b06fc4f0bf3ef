import type { Scenario } from '../../models/scenarios/scenario.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { run } from '../../models/program/build.js';
import { outside } from '../../models/scenarios/parts/world.js';

/**
 * Entry points run alone with every outcome: the world of a TEE scenario, and a single thread that makes one call, after those of
 * `before`.
 */
export function soloScenario(call: string, before: readonly string[] = []): Scenario {
  const whole = scenarioById('two-allocators')!;
  const [first] = whole.threads;
  return {
    ...whole,
    id: `solo ${call}`,
    threads: [{ ...first!, run: 'solo' }],
    setup: whole.setup.map((step) => ({ ...step, as: first!.name })),
    functions: [...whole.functions, outside('void solo(void)', [...before, call].map(run))],
  };
}
