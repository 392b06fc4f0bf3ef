import type { Counterexample } from './schema.js';

/** The text of the file: JSON that people can read and compare, one step of the schedule a line. */
export function writeCounterexample(counterexample: Counterexample): string {
  const { schedule, ...rest } = counterexample;
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, '');
  const steps = schedule.map((move) => `\n    ${JSON.stringify(move)}`).join(',');
  return `${head},\n  "schedule": [${steps}${schedule.length > 0 ? '\n  ' : ''}]\n}\n`;
}
