import type { ChangedLines, PatchSummary, SourceReport } from '../../checker/finding/sourceReport.js';
import { plural, wrap } from './layout.js';
import { ranges } from './ranges.js';

/** Dropped lines, problems and functions that are told one by one; the others are counted. */
const few = 5;

/** What was read, at the head of a report on a tree: name and value of each fact. */
export function sourceText({ tree, configuration, patch }: SourceReport, width: number, verbose: boolean): string[] {
  const version = tree.version === null ? 'version unknown' : `Linux ${tree.version}`;
  const decided = configuration === 'policy' ? '#ifs by policy' : `#ifs by ${configuration}`;
  const rows: (readonly [string, string])[] = [['tree', `${tree.name}: ${version}, ${decided}`]];
  if (patch) rows.push(...patchRows(patch, verbose));
  return rows.flatMap(([name, value]) => wrap(`  ${name.padEnd(8)}  ${value}`, width, ' '.repeat(12)));
}

function patchRows(patch: PatchSummary, verbose: boolean): (readonly [string, string])[] {
  const { files, hunks, missing, baseCommit, added, removed } = patch;
  const applied = hunks.filter((hunk) => hunk.applied);
  const shifted = applied.filter(({ offset }) => offset !== 0);
  const furthest = Math.max(0, ...shifted.map(({ offset }) => Math.abs(offset)));
  const loose = applied.filter(({ whitespace }) => whitespace);
  const how = [
    ...(shifted.length > 0 ? [`${shifted.length} at an offset of up to ${plural(furthest, 'line')}`] : []),
    ...(loose.length > 0 ? [`${loose.length} with white space ignored`] : []),
  ];
  const changes = [
    plural(files.length, 'file'),
    `${applied.length} of ${plural(hunks.length, 'hunk')} applied${how.length > 0 ? ` (${how.join(', ')})` : ''}`,
    `+${added}/−${removed}`,
  ];
  const dropped = patch.patches.flatMap(({ input, droppedLines }) => droppedLines.map((line) => ({ input, ...line })));
  const shown = verbose ? dropped : dropped.slice(0, few);
  return [
    ...subjects(patch, verbose).map((text): readonly [string, string] => ['patch', text]),
    ['changes', changes.join(', ')],
    ['base', baseText(patch)],
    ...(baseCommit === null ? [] : [['base', `the patch names the commit ${baseCommit}`] as const]),
    ...(missing.length === 0 ? [] : [['missing', `part ${ranges(missing).join(', ')} of the series`] as const]),
    ...(dropped.length === 0
      ? []
      : [
          [
            'dropped',
            `${plural(dropped.length, 'line')} of the mail that ${dropped.length === 1 ? 'is' : 'are'} no part of the diff`,
          ] as const,
        ]),
    ...shown.map(({ line, text }) => ['', `${line}: ${text.trim()}`] as const),
    ...(dropped.length > shown.length ? [['', `… and ${dropped.length - shown.length} more`] as const] : []),
    ...(verbose ? shifted : []).map(({ path, hunk, offset }) => {
      return [
        'offset',
        `hunk ${hunk} of ${path} is ${plural(Math.abs(offset), 'line')} further ${offset > 0 ? 'down' : 'up'}`,
      ] as const;
    }),
    ...failedRows(hunks),
    ...problemRows(patch),
  ];
}

/** Hunks that did not apply; those of one file that failed for the same reason together. */
function failedRows(hunks: PatchSummary['hunks']): (readonly [string, string])[] {
  const groups = new Map<string, { readonly first: PatchSummary['hunks'][number]; readonly numbers: number[] }>();
  for (const hunk of hunks.filter(({ applied }) => !applied)) {
    const key = `${hunk.input} ${hunk.path} ${hunk.message}`;
    const group = groups.get(key) ?? { first: hunk, numbers: [] };
    groups.set(key, group);
    group.numbers.push(hunk.hunk);
  }
  return [...groups.values()].map(({ first: { input, inputLine, path, message }, numbers }) => {
    const place = inputLine > 0 ? `${input}:${inputLine}: ` : '';
    const which = `hunk${numbers.length > 1 ? 's' : ''} ${ranges(numbers).join(', ')} of ${path}`;
    return ['failed', `${place}${which}${message === null ? '' : `: ${message}`}`];
  });
}

/** Problems that are not told with a hunk, and what to do about all of them, each once. */
function problemRows({ problems, hunks }: PatchSummary): (readonly [string, string])[] {
  const told = new Set(hunks.filter(({ applied }) => !applied).map(({ path }) => `${path} is left out`));
  const others = problems.filter(({ message }) => !told.has(message.split(':')[0]!));
  return [
    ...others.map(({ severity, input, line, message }): readonly [string, string] => {
      return [severity, `${input}${line === null ? '' : `:${line}`}: ${message}`];
    }),
    ...[...new Set(problems.map(({ next }) => next))].map((next) => ['next', next] as const),
  ];
}

/** Subject, number and author of each patch; of a long series the first few. */
function subjects({ patches, version, kind, inputs }: PatchSummary, verbose: boolean): string[] {
  const all = patches.map(({ subject, author, number, total, input }) => {
    const part = number === null ? '' : ` ${number}/${total}`;
    const mark = kind === 'range' || (version === null && part === '') ? '' : `[v${version ?? 1}${part}] `;
    return `${mark}${subject ?? `${input}, a diff without subject`}${author === null ? '' : ` (${author})`}`;
  });
  if (all.length === 0) return [`${inputs.join(', ')}: no commit`];
  const shown = verbose ? all : all.slice(0, few);
  return all.length > shown.length ? [...shown, `… and ${all.length - shown.length} more`] : shown;
}

function baseText({ files }: PatchSummary): string {
  const of = (base: string) => files.filter((file) => file.base === base && file.change !== 'created');
  const differing = of('differs').map(({ path }) => path);
  return [
    `${plural(of('same').length, 'file')} of the tree as the patch expects`,
    ...(differing.length > 0
      ? [`${differing.length} that ${differing.length === 1 ? 'differs' : 'differ'}: ${differing.join(', ')}`]
      : []),
    ...(of('unknown').length > 0 ? [`${of('unknown').length} that cannot be compared`] : []),
  ].join(', ');
}

/** Why the answer is not complete, whatever the searches say. */
export function incompleteText({ incomplete }: SourceReport, width: number): string[] {
  return incomplete.flatMap((reason) => wrap(`  not complete: ${reason}`, width, '    '));
}

/** What became of the C, one sentence each; part of what the verdict rests on. */
export function liftingSentences(source: SourceReport, verbose: boolean): string[] {
  const { functions, kept, remarks, approximations, opaqueCalls, conditionals, problems, changedModels, patch } =
    source;
  const levels = (['exact', 'abstracted', 'blocked'] as const).map((level) => {
    const names = functions.filter((fn) => fn.level === level).map(({ name }) => name);
    const told = level === 'exact' || names.length === 0 ? '' : ` (${names.join(', ')})`;
    return `${names.length} ${level}${told}`;
  });
  const changed = patch?.changedFunctions ?? [];
  const left = changed.filter(({ lifted, change }) => !lifted && change !== 'removed');
  return [
    `C functions lifted: ${functions.length}, ${levels.join(', ')}`,
    ...(patch
      ? [
          `functions that the patch changes: ${changed.length}, ${changed.filter(({ lifted }) => lifted).length} of them lifted`,
        ]
      : []),
    ...(left.length > 0
      ? [
          `changed and not lifted: ${listed(
            left.map(({ name, file }) => `${name} (${file})`),
            verbose,
          )}`,
        ]
      : []),
    ...kept.map(({ name, reason }) => `the hand-written model runs in place of ${name}: ${reason}`),
    ...(changedModels.length > 0 ? [`kernel API models that the patch changes: ${changedModels.join(', ')}`] : []),
    ...(remarks.length > 0
      ? [`remarks: ${remarks.map(({ kind, level, count }) => `${count} ${kind} (${level})`).join(', ')}`]
      : []),
    ...(verbose ? remarks.map(({ kind, example }) => `for example, ${kind}: ${example}`) : []),
    ...(approximations.length > 0
      ? [`approximations (${approximations.length}): ${listed(approximations.map(placed), verbose)}`]
      : []),
    ...(opaqueCalls.length > 0
      ? [
          `calls without model or source (${opaqueCalls.length}): ${listed(
            opaqueCalls.map(({ name, places }) => `${name} (${places.join(', ')})`),
            verbose,
          )}`,
        ]
      : []),
    `#ifs in the lifted files: ${conditionals.length}${conditionals.length > 0 && !verbose ? ' (--verbose lists them)' : ''}`,
    ...(verbose
      ? conditionals.map(
          ({ file, line, directive, taken, reason }) =>
            `${file}:${line}: ${directive} is ${taken ? '' : 'not '}taken (${reason})`,
        )
      : []),
    ...(problems.length > 0
      ? [
          `problems of files and headers (${problems.length}): ${listed(
            problems.map(({ file, line, message }) => `${file}${line === 0 ? '' : `:${line}`}: ${message}`),
            verbose,
            2,
          )}`,
        ]
      : []),
  ];
}

function placed({ file, function: name, direction, what }: SourceReport['approximations'][number]): string {
  return `${direction}: ${file} ${name} ${what}`;
}

function listed(items: readonly string[], verbose: boolean, most = few * 2): string {
  if (verbose || items.length <= most) return items.join('; ');
  return `${items.slice(0, most).join('; ')}; and ${items.length - most} more (--verbose lists them)`;
}

const meanings = {
  'not run': 'reached, but these lines did not run',
  'not reached': 'no scenario reaches the function',
  'not lifted': 'no scenario is about the file',
} as const;

/** The changed lines that no explored transition touched, by the reason. */
export function changedLinesText({ added, code, touched, untouched }: ChangedLines): string[] {
  const rest = added - code;
  const others = rest > 0 ? `; ${rest} without (declarations, comments, blank lines, what is no C)` : '';
  const head = `changed lines: ${added} added, ${code} of them with code, of which ${touched} ran in some scenario${others}`;
  const groups = (Object.keys(meanings) as (keyof typeof meanings)[]).flatMap((why) => {
    const own = untouched.filter((entry) => entry.why === why);
    if (own.length === 0) return [];
    const places = own.map(({ file, function: name, lines }) => `${name} ${file}:${ranges(lines).join(',')}`);
    return [`changed lines without a step (${meanings[why]}): ${places.join('; ')}`];
  });
  return [head, ...groups];
}
