import type { FunctionDefinition } from '../../program/functionDefinition.js';
import type { OpsTable } from '../../types/opsTable.js';
import type { StructType } from '../../types/structType.js';
import type { Scenario, ScenarioThread } from '../scenario.js';
import type { Activity } from './activities.js';
import { clientFunctions } from './client.js';
import { driverThread, setupDriver, setupOpen, unbind, worldGlobals } from './world.js';
import type { DriverVariant } from './world.js';

/** What a scenario of the TEE subsystem says for itself; the rest is the same for all. */
export interface TeeScenario {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly activities: readonly Activity[];
  readonly size?: Scenario['size'];
  readonly requires?: readonly string[];
  readonly driver?: DriverVariant;
  /** The driver makes the patch's pool when it is bound; `_rstmem_pool` does so in any case. */
  readonly makesPool?: boolean;
  /** Threads beside the one that unbinds the driver. */
  readonly threads: readonly ScenarioThread[];
  /** Threads that open the device in setup: their process has it as fd 0. */
  readonly opens?: readonly string[];
  /** The driver stays. */
  readonly keepsDriver?: boolean;
  readonly functions: readonly FunctionDefinition[];
  readonly tables?: readonly OpsTable[];
  readonly types?: readonly StructType[];
  /** Beside those of the subsystem. */
  readonly globals?: Readonly<Record<string, string>>;
  readonly setup?: readonly { readonly as: string; readonly run: string }[];
  readonly capacities?: Readonly<Record<string, number>>;
}

/** A closed system around the TEE subsystem: driver, device node, processes. */
export function teeScenario(scenario: TeeScenario): Scenario {
  const {
    id,
    title,
    description,
    activities,
    size = 'default',
    requires,
    driver = '',
    threads,
    keepsDriver,
  } = scenario;
  const makesPool = scenario.makesPool ?? driver === '_rstmem_pool';
  const first = threads[0]!.name;
  const processes = new Set(threads.flatMap((thread) => (thread.process === null ? [] : [thread.process])));
  const asDriver = keepsDriver ? first : driverThread.name;
  return {
    id,
    title,
    description,
    subsystem: 'tee',
    ...(requires ? { requires } : {}),
    activities,
    size,
    globals: { ...worldGlobals, ...scenario.globals },
    functions: [
      setupDriver(driver, makesPool),
      setupOpen,
      ...(keepsDriver ? [] : [unbind]),
      ...clientFunctions,
      ...scenario.functions,
    ],
    tables: scenario.tables ?? [],
    types: scenario.types ?? [],
    processes: [...processes],
    threads: keepsDriver ? threads : [...threads, driverThread],
    setup: [
      { as: asDriver, run: 'setup_driver' },
      ...(scenario.opens ?? []).map((name) => ({ as: name, run: 'setup_open' })),
      ...(scenario.setup ?? []),
    ],
    capacities: { tee_device: 1, driver_data: 1, ...scenario.capacities },
  };
}
