import { describe, expect, it } from 'vitest';
import { alloc, fn, run as call, set } from '../../models/program/build.js';
import { revisionById } from '../../models/revisions/index.js';
import { scenarios } from '../../models/scenarios/index.js';
import { breadthFirst } from '../explore/breadthFirst.js';
import type { Move, SearchResult } from '../explore/search.js';
import { findingId } from '../finding/findingId.js';
import { resolveRevision } from '../resolveRevision.js';
import { link } from '../system/link.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { defaultOptions } from '../system/linkedSystem.js';
import { noAssumptions } from '../system/sharedWords.js';
import type { ExampleVariant } from '../testing/exampleSystem.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import { toyFn, toySystem } from '../testing/toySystem.js';
import { StateDescriber } from './describeState.js';
import { explainFinding } from './explainFinding.js';
import { findViolation, replay, showsFinding } from './replay.js';
import type { Replay } from './replayData.js';
import { ScheduleRunner } from './scheduleRunner.js';
import { summariseStep } from './stepSummary.js';

const search = (system: LinkedSystem): SearchResult =>
  breadthFirst(system, { maxStates: 50_000, timeout: Infinity, now: () => 0 });

const example = (variant: ExampleVariant) => {
  const system = link(exampleRevision(variant), exampleScenario);
  return { system, result: search(system) };
};

const run = (system: LinkedSystem, result: SearchResult, id: string): Replay => {
  const discovery = result.discoveries.find(
    ({ violation }) => findingId(violation) === id || violation.property === id,
  )!;
  const told = replay(system, discovery.schedule, result.unstableFields);
  if (!told.ok) throw new Error(told.error.message);
  return told.value;
};

const bare = example('bare');
const leaky = example('leaky');
const afterFree = run(bare.system, bare.result, 'use-after-free');

describe('replay', () => {
  it('tells where the thread stood, what it did and what changed', () => {
    const step = afterFree.steps.find(({ changes }) => changes.some(({ to }) => to === 'zero'))!;
    expect(step).toMatchObject({ thread: 'remover', main: 1 });
    expect(step.stack.map((frame) => frame.function)).toEqual(['box_put', 'box_remove', 'remover', 'thread remover']);
    expect(
      step.operations.map(({ kind, text, shared, target, value }) => ({ kind, text, shared, target, value })),
    ).toEqual([
      {
        kind: 'call',
        text: 'refcount_dec_and_test(&box->refcount)',
        shared: false,
        target: 'box#user.refcount',
        value: null,
      },
      { kind: 'event', text: '@decAndTest(r)', shared: true, target: 'box#user.refcount', value: '1' },
    ]);
    expect(step.operations[1]!.within).toMatchObject({
      function: 'box_put',
      text: 'refcount_dec_and_test(&box->refcount)',
    });
    expect(step.changes.map(({ text }) => text)).toEqual(['box#user.refcount: live(1) → zero']);
    expect(summariseStep(step)).toMatchObject({ function: 'box_put', text: 'refcount_dec_and_test(&box->refcount)' });
  });

  it('tells of pointers by the name of their object', () => {
    const texts = afterFree.steps.flatMap((step) => step.changes.map(({ text }) => text));
    expect(texts).toContain('world.box: box#user → NULL');
    expect(texts).toContain('box#user: freed by kfree');
  });

  it('knows who holds which reference', () => {
    expect(afterFree.holders).toEqual([
      {
        count: 'box#user.refcount',
        value: 'live(1)',
        holders: [{ thread: 'user', function: 'setup', step: 0, keptIn: null }],
      },
    ]);
    const forgotten = run(leaky.system, leaky.result, 'memory-leak');
    const held = forgotten.steps.flatMap((step) => step.holders.map((count) => ({ step: step.number, ...count })));
    const taken = held.find(({ value }) => value === 'live(2)')!;
    expect(taken.holders.map(({ thread, function: name }) => `${thread} ${name}`)).toEqual([
      'user setup',
      'user box_get',
    ]);
    expect(taken.holders[1]!.step).toBe(taken.step);
    // The remover took no reference: it gives back the oldest one.
    const given = afterFree.steps.flatMap((step) => step.holders).find(({ value }) => value === 'zero')!;
    expect(given.holders).toEqual([]);
  });

  it('knows who holds which lock', () => {
    const forgotten = run(leaky.system, leaky.result, 'memory-leak');
    const locks = forgotten.steps.map((step) => step.locks.map(({ thread, lock }) => `${thread} ${lock}`).join());
    expect(new Set(locks)).toEqual(new Set(['', 'user world.lock', 'remover world.lock']));
  });

  it('marks the operation that breaks the property, and names the code that called it', () => {
    const { violation, step } = findViolation(afterFree, afterFree.steps.at(-1)!.violations[0]!.id)!;
    expect(violation).toMatchObject({
      property: 'use-after-free',
      object: 'box#user',
      place: 'box#user.refcount',
      ends: true,
    });
    expect(violation.caller).toMatchObject({ function: 'box_get', place: { line: 13 } });
    expect(step!.operations.filter(({ breaks }) => breaks.includes(violation.id))).toMatchObject([
      { failed: true, kind: 'event' },
    ]);
  });

  it('gives back the oldest reference for a thread that holds none', () => {
    const { system, result } = example('locked');
    const moves: Move[] = [];
    const held = () => {
      const told = replay(system, moves, result.unstableFields);
      return told.ok ? told.value.steps.at(-1)?.holders.at(-1) : undefined;
    };
    while (held()?.value !== 'live(2)') moves.push({ thread: 0, decisions: [] });
    // The user has its reference and leaves the lock; the remover drops the one of setup.
    while (held()?.value !== 'live(1)') moves.push({ thread: moves.length < 3 ? 0 : 1, decisions: [] });
    expect(held()!.holders).toMatchObject([{ thread: 'user', function: 'box_get' }]);
  });

  it('says which operation makes a step one: the last on shared memory', () => {
    const { system, result } = example('locked');
    const told = replay(
      system,
      [0, 0].map((thread) => ({ thread, decisions: [] })),
      result.unstableFields,
    );
    const steps = told.ok ? told.value.steps : [];
    const several = steps.filter((step) => step.operations.filter(({ shared }) => shared).length > 1);
    expect(several.length).toBeGreaterThan(0);
    for (const { operations, main } of several) expect(main).toBe(operations.findLastIndex(({ shared }) => shared));
  });

  it('does not tell what an atomic function did before it was taken back', () => {
    const shared = [call('refcount_inc(&world.count)'), call('peek(box)')];
    const { revision, scenario } = toySystem({
      types: { world: { count: 'refcount_t', word: 'int' }, box: { data: 'int' } },
      functions: [
        fn('void peek(struct box *box)', { file: 'lib/peek.c', origin: 'kernel', atomic: { shared: ['*'] } }, [
          set('box->data', '1'),
          set('world.word', 'world.word + 1', 'atomic'),
        ]),
        toyFn('void work(void)', ['struct box *box'], [alloc('box', 'box'), ...shared, call('kfree(box)')]),
      ],
      threads: { one: [call('work()')], two: [call('work()')] },
      setup: { body: [call('refcount_set(&world.count, 1)')] },
    });
    const system = link(revision, scenario);
    const moves: Move[] = [];
    const attempt = () => replay(system, moves, [noAssumptions]);
    let told = attempt();
    for (; told.ok && told.value.enabled.includes('one'); told = attempt()) moves.push({ thread: 0, decisions: [] });
    if (!told.ok) throw new Error(told.error.message);
    expect(told.value.steps).toHaveLength(2);
    const operations = told.value.steps.flatMap((step) => step.operations.map(({ text }) => text));
    expect(operations.filter((text) => text === 'peek(box)')).toHaveLength(1);
    expect(operations.filter((text) => text === 'refcount_inc(&world.count)')).toHaveLength(1);
  });

  it('says which threads can go on, and where the others stand', () => {
    const start = replay(bare.system, [], bare.result.unstableFields);
    expect(start.ok && start.value.enabled).toEqual(['user', 'remover']);
    expect(start.ok && start.value.standing.map(({ stack }) => stack[0]!.function)).toEqual([
      'thread user',
      'thread remover',
    ]);
    expect(start.ok && start.value.end).toEqual([]);
  });

  it('gives the same data each time', () => {
    expect(run(bare.system, bare.result, 'use-after-free')).toEqual(afterFree);
  });
});

describe('a step that is only tried', () => {
  it('is possible and does the same where one that gives reasons is', () => {
    const { system, result } = leaky;
    const { schedule } = result.discoveries.reduce((one, other) =>
      other.schedule.length > one.schedule.length ? other : one,
    );
    const [runner, trying] = [result, result].map(
      ({ unstableFields }) => new ScheduleRunner(system, unstableFields),
    ) as [ScheduleRunner, ScheduleRunner];
    let [possible, impossible] = [0, 0];
    for (const next of schedule) {
      const state = runner.interpreter.words.slice();
      const ways = system.threads.flatMap(({ index }) => [
        ...runner.alternatives(index).map((decisions) => ({ thread: index, decisions })),
        ...[[], [0], [1], [0, 0], [7], [-1]].map((decisions) => ({ thread: index, decisions })),
      ]);
      for (const move of ways) {
        runner.goTo(state);
        trying.goTo(state);
        const isOffered = runner.alternatives(move.thread).some((way) => way.join() === move.decisions.join());
        const told = runner.move(move);
        expect(told.ok).toBe(isOffered);
        expect(trying.canMove(move)).toBe(isOffered);
        expect(trying.isOver).toBe(runner.isOver);
        if (told.ok) expect(trying.interpreter.words).toEqual(runner.interpreter.words);
        else expect(runner.interpreter.words).toEqual(state);
        if (told.ok) possible += 1;
        else impossible += 1;
      }
      runner.goTo(state);
      expect(runner.move(next).ok).toBe(true);
    }
    expect([possible > 10, impossible > 10]).toEqual([true, true]);
  });
});

describe('explainFinding', () => {
  it('names the property, the violating step and the step that freed the memory', () => {
    const freed = afterFree.steps.find(({ changes }) => changes.some(({ text }) => text.includes('freed by')))!;
    const last = afterFree.steps.at(-1)!;
    const explained = explainFinding(afterFree, last.violations[0]!.id)!;
    expect(explained.sentences).toEqual([
      'Must hold: no access to memory that was freed.',
      `Step ${last.number}, thread user in box_get (drivers/example/box.c:13): refcount_inc uses refcount of struct box after kfree freed it.`,
      `box#user was freed in step ${freed.number} by thread remover: kfree(box) in box_put (drivers/example/box.c).`,
    ]);
    expect(explained.breaks!.step).toBe(last.number);
    expect(explained.conflicts!.step).toBe(freed.number);
    expect(freed.operations[explained.conflicts!.operation!]!.kind).toBe('free');
  });

  it('names the step that took a count to zero', () => {
    const fromZero = run(bare.system, bare.result, 'refcount-from-zero');
    const [, , conflict] = explainFinding(fromZero, fromZero.steps.at(-1)!.violations[0]!.id)!.sentences;
    expect(conflict).toMatch(
      /^box#user\.refcount had become zero in step \d+ by thread remover: refcount_dec_and_test/,
    );
  });

  it('tells where memory that leaked was allocated', () => {
    const forgotten = run(leaky.system, leaky.result, 'memory-leak');
    const id = leaky.result.discoveries
      .map(({ violation }) => findingId(violation))
      .find((known) => known.startsWith('memory-leak'))!;
    expect(explainFinding(forgotten, id)!.sentences[0]).toContain('every object that was allocated is freed');
  });

  it('says nothing of a finding that the replay does not show', () => {
    expect(explainFinding(afterFree, 'data-race-00000000')).toBeNull();
    expect(showsFinding(afterFree, 'data-race-00000000')).toBe(false);
  });
});

describe('a schedule that does not fit', () => {
  const { system, result } = bare;
  const { schedule } = result.discoveries.find(({ violation }) => violation.property === 'use-after-free')!;
  const errorOf = (moves: typeof schedule, unstable = result.unstableFields) => {
    const told = replay(system, moves, unstable);
    if (told.ok) throw new Error('expected an error');
    return told.error;
  };

  it('names the thread that does not exist', () => {
    expect(errorOf([...schedule.slice(0, 1), { thread: 7, decisions: [] }])).toMatchObject({
      step: 2,
      message: expect.stringMatching(
        /^Step 2 is of thread number 7, but there are 2 threads\. The model has probably changed/,
      ) as string,
    });
  });

  it('names the decision that is not possible, and those that are', () => {
    expect(errorOf([{ thread: 0, decisions: [3] }])).toMatchObject({
      step: 1,
      message: expect.stringContaining('thread user at its start decides its choices as [3]') as string,
      available: ['decisions []'],
    });
  });

  it('says that the thread has ended, and who could go on', () => {
    const alone = Array.from({ length: 9 }, () => ({ thread: 1, decisions: [] }));
    const error = errorOf(alone);
    expect(error.message).toContain('thread remover, which has ended');
    expect(error.available).toEqual(['user at its start']);
  });

  it('says what the thread waits for', () => {
    const locked = example('locked');
    const told = replay(
      locked.system,
      [
        { thread: 0, decisions: [] },
        { thread: 1, decisions: [] },
        { thread: 1, decisions: [] },
      ],
      locked.result.unstableFields,
    );
    expect(!told.ok && told.error.message).toContain(
      'thread remover, which waits at box_remove: mutex_lock(&world.lock)',
    );
  });

  it('goes no further than the end of the path', () => {
    expect(errorOf([...schedule, { thread: 1, decisions: [] }]).message).toContain('after the end of the path');
  });

  it('says that an assumption of the search does not hold', () => {
    expect(errorOf(schedule, []).message).toContain('the schedule was recorded with an assumption that it breaks');
  });
});

describe('every finding of v4', () => {
  const revision = resolveRevision(revisionById('v4')!, revisionById);
  const ids = ['allocate-close', 'look-up-id'];
  const systems = scenarios
    .filter(({ id }) => ids.includes(id))
    .map((scenario) => link(revision, scenario, defaultOptions));
  const found = systems.map((system) => ({ system, result: search(system) }));

  it('is shown again by its schedule', () => {
    expect(found.flatMap(({ result }) => result.discoveries).length).toBeGreaterThan(3);
    for (const { system, result } of found) {
      for (const { violation, schedule } of result.discoveries) {
        const told = replay(system, schedule, result.unstableFields);
        expect(told.ok && showsFinding(told.value, findingId(violation)), violation.title).toBe(true);
      }
    }
  });

  it('is told without a change too many or too few', () => {
    for (const { system, result } of found) {
      const describer = new StateDescriber(system);
      const { schedule } = result.discoveries.reduce((one, other) =>
        other.schedule.length > one.schedule.length ? other : one,
      );
      const told = replay(system, schedule, result.unstableFields);
      const runner = new ScheduleRunner(system, result.unstableFields);
      runner.start();
      schedule.forEach((move, index) => {
        const before = runner.interpreter.words.slice();
        if (!runner.move(move).ok || runner.isOver) return;
        const changed = describer.changes(before, runner.interpreter.words).filter(({ from }) => from !== null);
        const kept = told.ok ? told.value.steps[index]!.changes : [];
        // An object that came or went within the step has no words to compare.
        const whole = new Set(kept.filter(({ from }) => from === null).map(({ object }) => object));
        const texts = (list: readonly { object: string; text: string }[]) =>
          list.filter(({ object }) => !whole.has(object)).map(({ text }) => text);
        expect(texts(kept.filter(({ from }) => from !== null)).sort()).toEqual(texts(changed).sort());
      });
    }
  });

  it('tells local variables from objects', () => {
    const changes = found.flatMap(({ system, result }) =>
      result.discoveries.flatMap(({ schedule }) => {
        const told = replay(system, schedule, result.unstableFields);
        return told.ok ? told.value.steps.flatMap((step) => step.changes) : [];
      }),
    );
    const tags = (local: boolean) =>
      new Set(changes.filter((change) => change.local === local).map(({ object }) => object.replace(/#.*/, '')));
    expect([...tags(true)]).toContain('dma_buf_export_info');
    expect([...tags(false)]).toEqual(expect.arrayContaining(['tee_shm', 'dma_buf', 'file', 'tee_device']));
    expect([...tags(true)]).not.toContain('tee_shm');
  });

  it('is explained by the last step that led to it, of several like it', () => {
    const { system, result } = found[0]!;
    const { violation, schedule } = result.discoveries.find(
      (discovery) => discovery.violation.property === 'lock-destroyed-held',
    )!;
    const told = replay(system, schedule, result.unstableFields);
    if (!told.ok) throw new Error(told.error.message);
    const isTaken = ({ place, to }: { place: string; to: string | null }) =>
      /^tee_device#\w+\.mutex$/.test(place) && to!.startsWith('locked');
    const taken = told.value.steps.filter(({ changes }) => changes.some(isTaken)).map(({ number }) => number);
    expect(taken.length).toBeGreaterThan(2);
    expect(explainFinding(told.value, findingId(violation))!.conflicts!.step).toBe(taken.at(-1));
  });

  it('counts as many holders as references', () => {
    const seen = new Set<string>();
    const places = new Set<string>();
    for (const { system, result } of found) {
      for (const { schedule } of result.discoveries) {
        const told = replay(system, schedule, result.unstableFields);
        const counts = told.ok ? [...told.value.holders, ...told.value.steps.flatMap((step) => step.holders)] : [];
        for (const { value, holders } of counts) {
          const count = value === 'zero' ? 0 : Number(/^(?:live\()?(\d+)\)?$/.exec(value)?.[1]);
          expect(holders).toHaveLength(count);
        }
        for (const { count, holders } of counts) {
          seen.add(count.replace(/#\w+/, ''));
          for (const { keptIn } of holders) if (keptIn !== null) places.add(keptIn);
        }
      }
    }
    expect([...seen]).toEqual(expect.arrayContaining(['tee_device.num_users', 'tee_shm.refcount', 'file.f_count']));
    expect([...places]).toContain('files of A.fd[0].file');
  });
});
