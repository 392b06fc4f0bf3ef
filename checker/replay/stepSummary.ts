import type { SourceSpan } from '../../models/program/sourceSpan.js';
import type { ReplayOperation, ReplayStep } from './replayData.js';

/** A step or an operation as one line of a table would tell it. */
export interface Summary {
  /** The operation as the code that is no kernel API wrote it: `mutex_lock(&teedev->mutex)`. */
  readonly text: string;
  readonly function: string;
  readonly place: SourceSpan;
}

/** An operation inside a kernel API function is told as the call of that function. */
export function summariseOperation(operation: ReplayOperation): Summary {
  const { text, function: name, place } = operation.within ?? operation;
  return { text, function: name, place };
}

/** The main operation of a step; where it stood for a step without operations. */
export function summariseStep(step: ReplayStep): Summary {
  const main = step.operations[step.main];
  if (main) return summariseOperation(main);
  const [frame] = step.stack;
  if (frame) return { text: frame.text, function: frame.function, place: frame.place };
  return { text: 'nothing', function: step.thread, place: { file: '<thread>', function: step.thread } };
}
