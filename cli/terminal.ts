import process from 'node:process';
import { isTerminal } from './streams.js';

/** Whether to colour what goes to a stream. Respects https://no-color.org. */
export function wantsColour(when: 'auto' | 'always' | 'never', stream: NodeJS.WritableStream): boolean {
  if (when !== 'auto') return when === 'always';
  return isTerminal(stream) && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

/** Characters in a line: those of the terminal, or what reads well in a file. */
export function widthOf(stream: NodeJS.WritableStream): number {
  return 'columns' in stream && typeof stream.columns === 'number' && stream.columns > 0 ? stream.columns : 120;
}
