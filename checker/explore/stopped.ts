/** Why a search was stopped, as it stands among the limits of what it gives. */

/** Its `progress` asked for it. */
export const interrupted = 'interrupted';

/** Whether a limit says that a search came to no end, as against one of what the model represents. */
export function isStop(limit: string): boolean {
  return /\b(interrupted|stopped|ended unexpectedly)\b/.test(limit);
}

export function tooManyStates(states: number, maxStates: number): string {
  return `${after(states)} (--max-states ${maxStates})`;
}

/** `timeout` in milliseconds. */
export function outOfTime(timeout: number): string {
  return `stopped after ${Math.round(timeout / 1000)} s (--timeout)`;
}

/** `memory` says how much they need more than. */
export function outOfMemory(states: number, memory: string): string {
  return `${after(states)}: ${states === 1 ? 'it needs' : 'they need'} more than ${memory}`;
}

/** Of a search that does not say how far it came. */
export function withoutRoom(memory: string): string {
  return `stopped: more is needed than ${memory}`;
}

/** A thread is gone; `what` is what it worked for. */
export function endedUnexpectedly(what: string, reason: string): string {
  return `${what} ended unexpectedly: ${reason}`;
}

function after(states: number): string {
  return `stopped after ${states} ${states === 1 ? 'state' : 'states'}`;
}
