import * as v from 'valibot';
import type { Result } from '../../models/base/result.js';
import { err, ok } from '../../models/base/result.js';
import type { FormatError } from './formatError.js';
import { jsonErrorAt } from './jsonErrorAt.js';
import type { Counterexample } from './schema.js';
import { counterexampleSchema, formatVersion } from './schema.js';

const makeAgain = 'write the counterexample again: `interleaf check REVISION --output DIR`';

/** Reads the text of a counterexample file. Of several errors the first is told. */
export function readCounterexample(text: string): Result<Counterexample, FormatError> {
  const withoutMark = text.replace(/^\uFEFF/, '');
  const problem = jsonErrorAt(withoutMark);
  if (problem) {
    const { line, column, found } = problem;
    return err({
      code: 'not-json',
      message: `this is not JSON: ${found} is not expected here`,
      place: `line ${line}, column ${column}`,
      next: withoutMark.trim() === '' ? `the file is empty: ${makeAgain}` : `mend the file by hand, or ${makeAgain}`,
    });
  }
  const document: unknown = JSON.parse(withoutMark);
  const wrong = wrongDocument(document);
  if (wrong) return err(wrong);
  const parsed = v.safeParse(counterexampleSchema, document);
  if (parsed.success) return ok(parsed.output);
  return err(fieldError(parsed.issues[0]));
}

/** What can be told from the first two fields: another kind of file, or one of a newer program. */
function wrongDocument(document: unknown): FormatError | null {
  const fields = typeof document === 'object' && document !== null && !Array.isArray(document) ? document : {};
  const { format, version } = fields as { readonly format?: unknown; readonly version?: unknown };
  if (format === 'interleaf.result') {
    return {
      code: 'wrong-format',
      message: 'this is the result of a check, not a counterexample',
      place: 'format',
      next: makeAgain,
    };
  }
  if (format !== 'interleaf.counterexample') {
    const found = format === undefined ? 'it has no field `format`' : `its \`format\` is ${JSON.stringify(format)}`;
    return {
      code: 'wrong-format',
      message: `this is no counterexample: ${found}, expected "interleaf.counterexample"`,
      place: 'format',
      next: `give a file that \`interleaf check REVISION --output DIR\` wrote`,
    };
  }
  if (typeof version === 'number' && version > formatVersion) {
    return {
      code: 'newer-version',
      message: `the file has version ${version} of the format, and this program reads up to version ${formatVersion}`,
      place: 'version',
      next: 'use a newer interleaf, or the one that wrote the file (its field `tool` names it)',
    };
  }
  return null;
}

function fieldError(issue: v.BaseIssue<unknown>): FormatError {
  const place = (issue.path ?? []).reduce((path, { key }) => join(path, key), '');
  const found =
    issue.expected === 'never' ? 'a field that the format does not have' : (issue.received ?? 'something else');
  return {
    code: 'invalid',
    message:
      issue.expected === 'never'
        ? found
        : `expected ${issue.expected ?? 'something else'}, found ${found === 'undefined' ? 'nothing' : found}`,
    place: place === '' ? null : place,
    next: `mend the field, or ${makeAgain}`,
  };
}

function join(path: string, key: unknown): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? String(key) : `${path}.${String(key)}`;
}
