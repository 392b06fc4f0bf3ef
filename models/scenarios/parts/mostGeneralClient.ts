import { choose, loop, outcome, run, set } from '../../program/build.js';
import type { FunctionDefinition } from '../../program/functionDefinition.js';
import type { Scenario, ScenarioThread } from '../scenario.js';
import type { Activity } from './activities.js';
import { callLocals } from './calls.js';
import type { Call } from './calls.js';
import { teeScenario } from './teeScenario.js';
import type { TeeScenario } from './teeScenario.js';
import { outside } from './world.js';

/** A most general client: what its threads may do, and how often. */
export interface MostGeneralClient extends Omit<
  TeeScenario,
  'activities' | 'threads' | 'functions' | 'opens' | 'setup'
> {
  /** Client threads, by name. */
  readonly clients: Readonly<
    Record<string, { readonly process: string; readonly calls: number; readonly menu: readonly Call[] }>
  >;
  /** Activities beside those of the calls and of unbinding the driver. */
  readonly activities?: readonly Activity[];
  /** Threads beside the clients. */
  readonly threads?: readonly ScenarioThread[];
  readonly functions?: readonly FunctionDefinition[];
}

/**
 * A scenario in which each client makes any sequence of up to `calls` calls of its menu: with own, the sibling's, guessed and
 * closed fds and ids. Every process has the TEE device open at the start, as fd 0. There is one socket, whose reader never
 * waits; what is in it in the end is dropped by the first client.
 */
export function mostGeneralClient(client: MostGeneralClient): Scenario {
  const { clients, threads = [], functions = [], activities = [], ...rest } = client;
  const entries = Object.entries(clients);
  const openers = new Map<string, string>();
  for (const [name, { process }] of entries) if (!openers.has(process)) openers.set(process, name);
  const used = new Set<Activity>(activities);
  for (const [, { menu }] of entries)
    for (const call of menu) for (const activity of call.activities) used.add(activity);
  if (!rest.keepsDriver) used.add('unregister');
  const [first] = openers.values();
  const hasSocket = used.has('pass-fd');
  const most = Math.max(...entries.map(([, { calls }]) => calls));
  const all = entries.reduce((sum, [, { calls }]) => sum + calls, 0);
  return teeScenario({
    ...rest,
    capacities: {
      ...Object.fromEntries(madeByCalls.map((tag) => [tag, most + 1])),
      FDS: all + 2,
      IDS: all + 2,
      ...rest.capacities,
    },
    activities: [...used].sort(),
    threads: [...entries.map(([name, { process }]) => ({ name, process, run: name })), ...threads],
    opens: [...openers.values()],
    setup: hasSocket ? [{ as: first!, run: 'setup_socket' }] : [],
    functions: [
      ...entries.map(([name, { calls, menu }]) => clientBody(name, calls, menu, hasSocket && name === first)),
      ...(hasSocket ? [setupSocket] : []),
      ...functions,
    ],
  });
}

const setupSocket = outside('void setup_socket(void)', [run('sys_shutdown_socket(&socket)')]);

/** Struct tags of what a call may leave behind. */
const madeByCalls = ['file', 'tee_context', 'driver_context', 'tee_shm', 'dma_buf', 'page_array', 'page'];

function clientBody(name: string, calls: number, menu: readonly Call[], closesSocket: boolean): FunctionDefinition {
  const next = choose('next call', [
    outcome('none', [set('left', '0')]),
    ...menu.map((call) => outcome(call.name, [set('left', 'left - 1'), ...call.body])),
  ]);
  return outside(
    `void ${name}(void)`,
    [set('left', String(calls)), loop('left > 0', [next]), ...(closesSocket ? [run('sys_close_socket(&socket)')] : [])],
    ['int left', ...callLocals],
  );
}
