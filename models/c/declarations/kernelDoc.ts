import type { RecordField } from './semanticType.js';

// Which way the members of a struct travel, as its kernel-doc says: `@size: [in/out] …` in the comment above it, or a comment
// beside the member: `/* [out] … */`, `/* in, … */`.

export type Direction = NonNullable<RecordField['documented']>;

/** Brackets round it, anywhere in a description. */
const TAG = /[[(<]\s*(in\s*[/,|&]?\s*out|in|out)\s*[\])>]/gi;
/** At the very start and without brackets: `in/out` in a description; in a comment beside a member also a bare `in,` or `out:`. */
const BARE_BOTH = /^in\s*\/\s*out\b/i;
const BARE = /^(in\s*[/,|&]?\s*out|in|out)\s*(?:[,:;.-]|$)/i;

function direction(word: string): Direction {
  const plain = word.toLowerCase();
  return plain === 'in' || plain === 'out' ? plain : 'in/out';
}

/** What the tags of one description say together: `[in]` here and `[out]` there is both. */
function combine(directions: readonly Direction[]): Direction | null {
  const all = new Set(directions);
  if (all.size === 0) return null;
  return all.size === 1 ? [...all][0]! : 'in/out';
}

function ofDescription(text: string): Direction | null {
  if (BARE_BOTH.test(text)) return 'in/out';
  return combine([...text.matchAll(TAG)].map((match) => direction(match[1]!)));
}

function ofComment(text: string): Direction | null {
  const bare = BARE.exec(text);
  return bare === null ? ofDescription(text) : direction(bare[1]!);
}

/** The text of the comment that ends on the line before `line` (1-based; blank lines between are allowed), or null. */
function commentAbove(lines: readonly string[], line: number): readonly string[] | null {
  let last = line - 2;
  while (last >= 0 && lines[last]!.trim() === '') last -= 1;
  if (last < 0 || !lines[last]!.trimEnd().endsWith('*/')) return null;
  let first = last;
  while (first >= 0 && !lines[first]!.includes('/*')) first -= 1;
  return first < 0 ? null : lines.slice(first, last + 1);
}

/**
 * Descriptions by member, `a.b` for one of a nested struct: `@name:` begins one, and so does `@name` followed by white space,
 * which is common by mistake. It ends at the next `@` or at an empty line.
 */
function descriptions(comment: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let name: string | null = null;
  let isList = true;
  for (const raw of comment) {
    const text = raw
      .replace(/^\s*\/?\*+(?!\/)/, '')
      .replace(/\*\/\s*$/, '')
      .trim();
    const start = /^@([\w.]+)(:|\s)\s*(.*)$/.exec(text);
    // The text below the list mentions members too, at the start of a line for instance.
    if (start !== null && !found.has(start[1]!) && (isList || start[2] === ':')) {
      name = start[1]!;
      found.set(name, start[3]!);
    } else if (text === '') {
      if (name !== null) isList = false;
      name = null;
    } else if (name !== null) found.set(name, `${found.get(name)!} ${text}`);
  }
  return found;
}

/** The comments that belong to a member by their place: on its line, else alone on the lines above it. */
function besideMember(lines: readonly string[], line: number): string | null {
  const own = lines[line - 1] ?? '';
  const beside = /\/\*+<?\s*(.*?)\s*(?:\*\/|$)/.exec(own.slice(Math.max(own.indexOf(';'), 0)));
  if (beside !== null) return beside[1]!;
  const above = lines[line - 2]?.trim() ?? '';
  if (!above.endsWith('*/')) return null;
  const comment = commentAbove(lines, line);
  // A comment behind the member before belongs to that member.
  if (comment === null || !comment[0]!.trimStart().startsWith('/*')) return null;
  return comment
    .map((text) =>
      text
        .replace(/^\s*\/?\*+(?!\/)/, '')
        .replace(/\*\/\s*$/, '')
        .trim(),
    )
    .join(' ')
    .trim()
    .replace(/^@[\w.]+:?\s*/, '');
}

/**
 * Documentation of one struct or union: a function from a member (its path from the struct, `a.b`, and its line) to the
 * direction it is documented with, or null. `line` is the 1-based line of the struct's first token.
 */
export function readRecordDocumentation(
  lines: readonly string[],
  line: number,
): (path: string, memberLine: number) => Direction | null {
  const comment = commentAbove(lines, line);
  const described = comment === null ? new Map<string, string>() : descriptions(comment);
  return (path, memberLine) => {
    const description = described.get(path);
    if (description !== undefined) return ofDescription(description);
    const beside = besideMember(lines, memberLine);
    return beside === null ? null : ofComment(beside);
  };
}
