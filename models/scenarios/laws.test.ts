import { describe, expect, it } from 'vitest';
import { operandsOf } from '../program/checkProgram.js';
import { lowerFunction } from '../program/lowerFunction.js';
import type { Operand } from '../program/program.js';
import { revisions } from '../revisions/index.js';
import { scenarioById, scenarios } from './index.js';
import type { Activity } from './parts/activities.js';
import { activities } from './parts/activities.js';
import type { Scenario } from './scenario.js';

const all: readonly Scenario[] = scenarios;
const ofTee = all.filter(({ subsystem }) => subsystem === 'tee');
const defaults = ofTee.filter(({ size }) => size === 'default');

function symbolsOf(operand: Operand): string[] {
  switch (operand.kind) {
    case 'symbol':
      return [operand.name];
    case 'member':
    case 'containerOf':
      return symbolsOf(operand.base);
    case 'element':
      return [...symbolsOf(operand.base), ...symbolsOf(operand.index)];
    case 'unary':
      return symbolsOf(operand.operand);
    case 'binary':
      return [...symbolsOf(operand.left), ...symbolsOf(operand.right)];
    default:
      return [];
  }
}

/** Everything that the given entries name, in functions that the scenario brings. */
function namesIn(scenario: Scenario, entries: readonly string[]): ReadonlySet<string> {
  const own = new Map(scenario.functions.map((definition) => [definition.name, definition]));
  const names = new Set<string>();
  const work = [...entries];
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    const definition = own.get(name);
    if (!definition) continue;
    for (const node of lowerFunction(definition).nodes) {
      if (node.kind === 'call') work.push(node.callee);
      work.push(...operandsOf(node).flatMap(symbolsOf));
    }
  }
  return names;
}

/** What an activity is known by; an activity that is listed in a scenario has one of these, and the other way round. */
const signs: Readonly<Partial<Record<Activity, readonly string[]>>> = {
  allocate: ['TEE_IOC_RSTMEM_ALLOC', 'tee_ioctl_rstmem_alloc'],
  'look-up-id': ['TEE_IOC_INVOKE'],
  import: ['dma_buf_attach', 'dma_buf_dynamic_attach'],
  'pass-fd': ['sys_send_fd'],
  unregister: ['env_remove'],
  pool: ['tee_rstmem_gen_pool_alloc', 'env_probe_with_rstmem_pool'],
  'no-rstmem': ['env_tee_desc_minimal', 'env_tee_desc_no_rstmem', 'env_tee_desc_no_rstmem_free'],
  'kernel-client': ['tee_client_open_context'],
  'shm-alloc': ['TEE_IOC_SHM_ALLOC'],
  'shm-register': ['TEE_IOC_SHM_REGISTER'],
  'cpu-access': ['DMA_BUF_IOCTL_SYNC'],
};

/** Activities that are one use of a call among several: listed only where the call is made. */
const uses: Readonly<Partial<Record<Activity, readonly string[]>>> = {
  'close-dmabuf': ['sys_close', 'dma_buf_put'],
  'close-device': ['sys_close', 'queue'],
  'close-guessed-fd': ['sys_close'],
  'open-device': ['sys_open_chrdev'],
  'foreign-context': ['sys_open_chrdev', 'tee_client_open_context'],
};

describe('scenarios', () => {
  it('have ids of their own, by which they are found', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const scenario of all) expect(scenarioById(scenario.id)).toBe(scenario);
    expect(scenarioById('no-such-scenario')).toBeUndefined();
  });

  it('let every pair of activities meet in some default scenario', () => {
    const met = new Set(
      defaults.flatMap((scenario) => scenario.activities.flatMap((a) => scenario.activities.map((b) => `${a} ${b}`))),
    );
    const missing = activities
      .flatMap((a, index) => activities.slice(index + 1).map((b) => `${a} ${b}`))
      .filter((pair) => !met.has(pair));
    expect(missing).toEqual([]);
  });

  it('include, among the default ones, any three calls of a client against the unbinding of the driver', () => {
    expect(scenarioById('general-client')!.size).toBe('default');
  });
});

describe.each(all)('scenario $id', (scenario: Scenario) => {
  it('says what it is', () => {
    expect(scenario.id).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
    expect(scenario.title).toMatch(/^[a-z].*[^.]$/);
    expect(scenario.description).toMatch(/^[A-Z].*\.$/s);
    expect(scenario.description.length).toBeGreaterThan(40);
  });

  it('is about a subsystem that has revisions', () => {
    expect(revisions.map(({ subsystem }) => subsystem)).toContain(scenario.subsystem);
  });
});

describe.each(ofTee)('scenario $id', (scenario: Scenario) => {
  const threads = scenario.threads.map(({ run }) => run);
  const names = namesIn(scenario, [...threads, ...scenario.setup.map(({ run }) => run)]);

  it('lists the activities it has, and no other', () => {
    for (const activity of scenario.activities) expect(activities, activity).toContain(activity);
    for (const [activity, known] of Object.entries(signs)) {
      expect(scenario.activities.includes(activity), activity).toBe(known.some((name) => names.has(name)));
    }
    for (const [activity, known] of Object.entries(uses)) {
      if (!scenario.activities.includes(activity)) continue;
      expect(
        known.some((name) => names.has(name)),
        activity,
      ).toBe(true);
    }
  });

  it('is small if it is a default one', () => {
    if (scenario.size !== 'default') return;
    const clients = scenario.threads.filter((thread) => !thread.daemon && !thread.unregister);
    expect(clients.length).toBeLessThanOrEqual(2);
  });
});
