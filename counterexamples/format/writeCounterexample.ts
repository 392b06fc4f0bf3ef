import type { Counterexample } from './schema.js';

/** The text of the file: JSON that people can read and compare, one step of the schedule a line. */
export function writeCounterexample(counterexample: Counterexample): string {
  const { schedule, cycle, ...rest } = counterexample;
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, '');
  const again = cycle ? `,\n  "cycle": ${movesText(cycle)}` : '';
  return `${head},\n  "schedule": ${movesText(schedule)}${again}\n}\n`;
}

function movesText(moves: Counterexample['schedule']): string {
  const steps = moves.map((move) => `\n    ${JSON.stringify(move)}`).join(',');
  return `[${steps}${moves.length > 0 ? '\n  ' : ''}]`;
}
