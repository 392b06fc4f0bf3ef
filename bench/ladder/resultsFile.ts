/**
 * The text of RESULTS.md with a section of that title: in the place of the one it had, or before all others. Sections begin with
 * `## `.
 */
export function withSection(text: string, title: string, body: readonly string[]): string {
  const [intro = '', ...sections] = text.split(/^(?=## )/m);
  const section = [`## ${title}`, '', ...body, ''].join('\n');
  const others = sections.map((one) => one.trimEnd() + '\n');
  const at = others.findIndex((one) => one.startsWith(`## ${title}\n`));
  const all = at < 0 ? [section, ...others] : others.with(at, section);
  return [`${intro.trimEnd()}\n`, ...all].join('\n');
}
