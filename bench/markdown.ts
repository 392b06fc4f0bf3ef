import { availableParallelism, cpus, totalmem } from 'node:os';
import process from 'node:process';

/** A Markdown table as prettier lays it out; the first row is the head, and all columns but the first ones are numbers. */
export function table(rows: readonly (readonly string[])[], textColumns = 1): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const padded = (row: readonly string[]) =>
    line(row.map((cell, at) => (at < textColumns ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))));
  const rule = widths.map((width, at) => (at < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [head, ...body] = rows;
  return [padded(head!), line(rule), ...body.map(padded)];
}

/** `1,234,567` */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Seconds with as many digits as mean something. */
export function seconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

/** The class of machine, without its name. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${model}), ${memory} GiB, Node ${process.versions.node}`;
}

/** Today, as `2026-11-23`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
