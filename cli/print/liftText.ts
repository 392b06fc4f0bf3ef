import type { LiftedSource, LiftedText } from '../../checker/tree/liftSource.js';
import { columns, plural, wrap } from '../../counterexamples/report/layout.js';
import type { Style } from '../../counterexamples/report/style.js';
import type { PrintedLine } from '../../models/program/printFunction.js';

export interface LiftTextOptions {
  readonly style: Style;
  readonly width: number;
  /** Lists `#if`s and all problems of headers. */
  readonly verbose: boolean;
}

/** How much of some functions could be represented. */
export interface LiftCoverage {
  readonly functions: number;
  readonly exact: number;
  readonly abstracted: number;
  readonly blocked: number;
  /** Functions of which every callee has a model or a source. */
  readonly calleesKnown: number;
}

/** Counts the functions by how well they could be represented. */
export function coverageOf(functions: readonly LiftedText[]): LiftCoverage {
  const count = (level: LiftedText['level']) => functions.filter((fn) => fn.level === level).length;
  return {
    functions: functions.length,
    exact: count('exact'),
    abstracted: count('abstracted'),
    blocked: count('blocked'),
    calleesKnown: functions.filter(({ calleesKnown }) => calleesKnown).length,
  };
}

/** Each function with its C on the left and its program on the right, remarks under their lines, and figures at the end. */
export function liftText(lifted: LiftedSource, options: LiftTextOptions): string {
  const { style, width, verbose } = options;
  const item = (text: string) => wrap(`  ${text}`, width, '    ');
  const problems = lifted.problems.map(
    ({ file, line, severity, message }) => `${severity} ${file}:${line}: ${message}`,
  );
  const shown = verbose ? problems : problems.filter((text) => text.startsWith('error'));
  return [
    ...lifted.functions.flatMap((fn) => [...functionText(fn, options), '']),
    style.bold('Coverage'),
    ...coverageLines(coverageOf(lifted.functions)).flatMap(item),
    ...remarkLines(lifted).flatMap(item),
    `  ${plural(problems.length, 'problem')} of files and headers${problems.length > shown.length ? ' (--verbose lists them)' : ''}`,
    ...shown.flatMap(item),
    `  ${plural(lifted.conditionals.length, '#if')} decided${verbose || lifted.conditionals.length === 0 ? '' : ' (--verbose lists them)'}`,
    ...(verbose ? lifted.conditionals : []).flatMap(({ file, line, directive, taken, reason }) =>
      item(`${file}:${line}: ${directive} is ${taken ? '' : 'not '}taken (${reason})`),
    ),
    '',
  ].join('\n');
}

function coverageLines({ functions, exact, abstracted, blocked, calleesKnown }: LiftCoverage): string[] {
  const share = (count: number) => (functions === 0 ? '' : ` (${((100 * count) / functions).toFixed(1)} %)`);
  return [
    `${plural(functions, 'function')}: ${exact} exact${share(exact)}, ${abstracted} abstracted${share(abstracted)}, ${blocked} blocked${share(blocked)}`,
    `every callee known in ${calleesKnown}${share(calleesKnown)}`,
  ];
}

function remarkLines({ functions, remarks }: LiftedSource): string[] {
  const counts = new Map<string, number>();
  for (const { level, kind } of [...functions.flatMap((fn) => fn.remarks), ...remarks]) {
    const key = `${kind} (${level})`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  if (counts.size === 0) return ['no remark'];
  const told = [...counts].sort((a, b) => b[1] - a[1]).map(([key, count]) => `${count} ${key}`);
  return [`remarks: ${told.join(', ')}`];
}

function functionText(fn: LiftedText, { style, width }: LiftTextOptions): string[] {
  const { name, file, line, endLine, level, remarks, changed } = fn;
  const colour = level === 'exact' ? style.good : level === 'blocked' ? style.bad : style.unsure;
  const head = `${style.bold(name)}  ${file}:${line}–${endLine}  ${colour(level)}${changed ? '  changed by the patch' : ''}`;
  const hasMail = fn.source.some(({ mailLine }) => mailLine !== null);
  const rows = beside(fn);
  const numbers = columns(
    rows.map(({ c, back }) => [
      c ? String(c.line) : back === null ? '' : `↑${back}`,
      hasMail ? (c?.mailLine ? `m${c.mailLine}` : '') : '',
    ]),
    [0, 1],
  );
  const gutter = Math.max(...numbers.map((text) => text.length));
  const room = Math.max(30, Math.floor((width - gutter - 6) / 2));
  const told = new Set<number>();
  return [
    head,
    ...rows.flatMap(({ c, program }, index) => {
      const left = c ? cut(c.text.replaceAll('\t', '    '), room) : '';
      const row = `  ${numbers[index]!.padEnd(gutter)}  ${left.padEnd(room)}│ ${program?.text ?? ''}`.trimEnd();
      const own = c && !told.has(c.line) ? remarks.filter((remark) => remark.line === c.line) : [];
      if (c) told.add(c.line);
      const indent = ' '.repeat(gutter + 4);
      const notes = own.flatMap(({ level: of, kind, what }) =>
        wrap(`${indent}^ ${of}, ${kind}: ${what}`, width, indent),
      );
      return [row, ...notes.map(style.dim)];
    }),
    ...remarks
      .filter((remark) => !fn.source.some((text) => text.line === remark.line))
      .flatMap(({ line: at, level: of, kind, what }) => wrap(`  line ${at}: ${of}, ${kind}: ${what}`, width, '    ')),
  ];
}

/** A line of C, of the program, or one beside the other. */
interface Row {
  readonly c: LiftedText['source'][number] | null;
  readonly program: PrintedLine | null;
  /** The line that a program line further down belongs to, where C went on already. */
  readonly back: number | null;
}

/** Sets each line of the program beside the line it came from; both keep their order, and both end together. */
function beside({ source, program }: LiftedText): Row[] {
  const rows: Row[] = [];
  let at = 0;
  program.slice(0, -1).forEach((line, index) => {
    const isInside = line.line !== undefined && line.line <= (source.at(-1)?.line ?? 0);
    while (isInside && at < source.length && source[at]!.line < line.line) {
      rows.push({ c: source[at]!, program: null, back: null });
      at += 1;
    }
    const next = source[at];
    if (next && (next.line === line.line || index === 0)) {
      rows.push({ c: next, program: line, back: null });
      at += 1;
      return;
    }
    const last = source[at - 1]?.line;
    rows.push({ c: null, program: line, back: line.line !== undefined && line.line !== last ? line.line : null });
  });
  const rest = source.slice(at);
  const last = program.at(-1)!;
  if (rest.length === 0) return [...rows, { c: null, program: last, back: null }];
  return [
    ...rows,
    ...rest.map((c, index): Row => ({ c, program: index === rest.length - 1 ? last : null, back: null })),
  ];
}

function cut(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
