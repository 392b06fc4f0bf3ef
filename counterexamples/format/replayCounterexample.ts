import type { Result } from '../../models/base/result.js';
import { err, ok } from '../../models/base/result.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import type { Move } from '../../checker/explore/search.js';
import type { Replay } from '../../checker/replay/replayData.js';
import { replay } from '../../checker/replay/replay.js';
import type { ReplayError } from '../../checker/replay/scheduleRunner.js';
import type { ResolvedRevision } from '../../checker/system/link.js';
import { link } from '../../checker/system/link.js';
import type { LinkedSystem } from '../../checker/system/linkedSystem.js';
import type { Counterexample } from './schema.js';

/** The system of a counterexample. Throws `LinkError` if revision and scenario do not fit. */
export function systemOf(counterexample: Counterexample, revision: ResolvedRevision, scenario: Scenario): LinkedSystem {
  return link(revision, scenario, counterexample.options);
}

/** The moves of a schedule, and of its cycle after them, with threads by index; an error for a thread that the system has not. */
function movesOf({ schedule, cycle = [] }: Counterexample, system: LinkedSystem): Result<Move[], ReplayError> {
  const moves: Move[] = [];
  for (const [index, { thread, decisions }] of [...schedule, ...cycle].entries()) {
    const slot = system.threads.find(({ name }) => name === thread);
    if (!slot) {
      return err({
        step: index + 1,
        message: `Step ${index + 1} is of thread ${thread}, which scenario ${system.scenario.id} does not have. The scenario has probably changed since the schedule was recorded.`,
        available: system.threads.map(({ name }) => name),
      });
    }
    moves.push({ thread: slot.index, decisions });
  }
  return ok(moves);
}

/** Replays a counterexample on a system that `systemOf` made, or one of another revision. */
export function replayCounterexample(
  counterexample: Counterexample,
  system: LinkedSystem,
): Result<Replay, ReplayError> {
  const moves = movesOf(counterexample, system);
  if (!moves.ok) return moves;
  const { length } = counterexample.schedule;
  return replay(system, moves.value.slice(0, length), counterexample.unstableFields, moves.value.slice(length));
}
