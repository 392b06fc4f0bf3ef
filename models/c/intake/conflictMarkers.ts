/**
 * 1-based lines of merge-conflict markers that somebody left in a source: `<<<<<<<`, `|||||||`, `=======` and `>>>>>>>`
 * at the start of a line. Empty without an opening and a closing one, because a comment may be underlined with equal
 * signs.
 */
export function findConflictMarkers(text: string): readonly number[] {
  if (!/^<{7}(?: |\r?$)/m.test(text) || !/^>{7}(?: |\r?$)/m.test(text)) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) => (/^(?:<{7}|\|{7}|={7}|>{7})(?: |\r?$)/.test(line) ? [index + 1] : []));
}
