import type { Replay } from '../checker/replay/replayData.js';
import type { ReplayError } from '../checker/replay/scheduleRunner.js';
import { replayCounterexample, systemOf } from '../counterexamples/format/replayCounterexample.js';
import type { Counterexample } from '../counterexamples/format/schema.js';
import { exitCodes } from './exitCodes.js';
import { InputError } from './input/inputError.js';
import { lookUpScenario } from './input/lookUp.js';
import type { ReplayOn } from './input/replayOn.js';

/** Replays a counterexample on a revision; `path` is for messages. */
export function replayFile(path: string, counterexample: Counterexample, on: ReplayOn): Replay {
  const scenario = lookUpScenario(counterexample.scenario);
  const replayed = replayCounterexample(counterexample, systemOf(counterexample, on.resolved, scenario));
  if (replayed.ok) return replayed.value;
  throw doesNotFit(path, replayed.error, `${on.words} --scenario ${scenario.id}`, on.isOther);
}

/** On the revision it was made for that is a bad file; on another one it is an answer, if not a proof. */
function doesNotFit(
  path: string,
  { message, step, available }: ReplayError,
  toCheck: string,
  isOther: boolean,
): InputError {
  const possible = available.length === 0 ? '' : ` Possible there: ${available.join('; ')}.`;
  return new InputError('schedule-does-not-fit', `${message}${possible}`, {
    place: `${path}: step ${step}`,
    next: `interleaf check ${toCheck}`,
    exitCode: isOther ? exitCodes.inconclusive : exitCodes.usage,
  });
}
