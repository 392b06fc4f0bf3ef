import type { CommandContext } from '../command.js';
import { exitCodes } from '../exitCodes.js';
import { InputError } from '../input/inputError.js';
import { unknownName } from '../input/unknownName.js';
import { kernelSection } from '../listing/kernel.js';
import { lifecycleSection } from '../listing/lifecycles.js';
import { machineAsJson } from '../listing/machineAsJson.js';
import { propertySection } from '../listing/properties.js';
import { revisionSection } from '../listing/revisions.js';
import { scenarioSection } from '../listing/scenarios.js';
import type { Section } from '../listing/section.js';
import { sectionNames } from '../listing/sectionNames.js';
import type { SectionName } from '../listing/sectionNames.js';
import type { format, ValueOf } from '../option.js';
import { write } from '../streams.js';

const sectionsByName: Readonly<Record<SectionName, Section>> = {
  revisions: revisionSection,
  scenarios: scenarioSection,
  properties: propertySection,
  lifecycles: lifecycleSection,
  kernel: kernelSection,
};
const sections = sectionNames.map((name) => sectionsByName[name]);

interface ListOptions {
  readonly machine: string | undefined;
  readonly format: ValueOf<typeof format>;
}

/** Prints the registries. */
export async function runList(
  [what]: readonly (string | undefined)[],
  options: ListOptions,
  { streams }: CommandContext,
): Promise<number> {
  const wanted = what === undefined ? sections : sections.filter(({ name }) => name === what);
  if (wanted.length === 0) {
    throw unknownName(
      'list',
      what ?? '',
      sections.map(({ name }) => name),
      'interleaf list',
    );
  }
  if (options.machine !== undefined) {
    if (what !== undefined && what !== lifecycleSection.name) {
      throw new InputError('bad-option', `--machine is about lifecycles, not ${what}`, {
        next: `interleaf list lifecycles --machine ${options.machine}`,
      });
    }
    await write(streams.stdout, machineAsJson(options.machine));
  } else if (options.format === 'json') {
    const document: Record<string, unknown> = { format: 'interleaf.list', version: 1 };
    for (const { name, entries } of wanted) document[name] = entries().map(({ data }) => data);
    await write(streams.stdout, `${JSON.stringify(document, null, 2)}\n`);
  } else {
    await write(streams.stdout, wanted.map((section) => printSection(section, what !== undefined)).join('\n'));
  }
  return exitCodes.ok;
}

function printSection({ title, name, entries }: Section, withDetails: boolean): string {
  const all = entries();
  const width = Math.min(32, Math.max(0, ...all.map(({ id }) => id.length)));
  const lines = all.flatMap(({ id, summary, details }) => [
    `  ${id.padEnd(width)}  ${summary}`,
    ...(withDetails ? details.map((line) => `      ${line}`) : []),
  ]);
  const more = withDetails ? [] : [`  (details: interleaf list ${name})`];
  return [`${title} (${all.length})`, ...lines, ...more, ''].join('\n');
}
