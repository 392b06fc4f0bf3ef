/** The name in a `---` or `+++` line. */
export interface HeaderName {
  readonly name: string;
  /**
   * There is no such file on this side: `/dev/null`, or a time stamp at the epoch, which `diff -N` gives to absent
   * files.
   */
  readonly absent: boolean;
}

/** Both names of a file patch; the one of an absent side is `/dev/null` or the other's. */
export interface NamePair {
  readonly oldName: string;
  readonly newName: string;
}

const devNull = '/dev/null';

/** Reads what follows `--- `: a name, perhaps in git's quotes, and perhaps a time stamp after a tab. */
export function headerName(rest: string): HeaderName {
  if (rest.startsWith('"')) return { name: unquoteName(rest), absent: false };
  const tab = rest.indexOf('\t');
  const name = (tab < 0 ? rest : rest.slice(0, tab)).trimEnd();
  const stamp = tab < 0 ? '' : rest.slice(tab + 1);
  return { name, absent: name === devNull || /^(?:1970-01-01|1969-12-31) \d\d:\d0:00/.test(stamp) };
}

/** A name in C quotes as git writes it (`"a/sch\303\266n.c"`): the escapes stand for bytes of UTF-8. */
export function unquoteName(quoted: string): string {
  const body = /^"((?:[^"\\]|\\.)*)"/.exec(quoted)?.[1] ?? quoted;
  const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  const bytes = Buffer.from(body, 'utf8').toString('latin1');
  const raw = bytes.replace(/\\([0-3][0-7]{2}|[^])/g, (_, escape: string) =>
    escape.length === 3 ? String.fromCharCode(parseInt(escape, 8)) : (named[escape] ?? escape),
  );
  return Buffer.from(raw, 'latin1').toString('utf8');
}

/**
 * The names relative to the root of the tree. With `-p1` their first components are no part of that: git's `a/` and
 * `b/` and the like, or the two directories that `diff -r` compared. Where both sides agree in it (`-p0`,
 * `--no-prefix`) it stays.
 */
export function stripPrefixes({ oldName, newName }: NamePair): NamePair {
  if (oldName === devNull) return { oldName, newName: withoutLetter(newName) };
  if (newName === devNull) return { oldName: withoutLetter(oldName), newName };
  const [oldSlash, newSlash] = [oldName.indexOf('/'), newName.indexOf('/')];
  if (oldSlash > 0 && newSlash > 0 && oldName.slice(0, oldSlash) !== newName.slice(0, newSlash)) {
    return { oldName: oldName.slice(oldSlash + 1), newName: newName.slice(newSlash + 1) };
  }
  return { oldName, newName };
}

/**
 * The one file that two names mean where nothing says that it moves: a backup (`x.c.orig`), or a copy in another
 * directory. The shorter one, as `patch` prefers.
 */
export function sameFile({ oldName, newName }: NamePair): NamePair {
  if (oldName === devNull || newName === devNull) return { oldName, newName };
  const name = oldName.length < newName.length ? oldName : newName;
  return { oldName: name, newName: name };
}

/** The prefixes of git are single letters: `a/`, `b/`, or `i/`, `w/`, `c/`, `o/` with `diff.mnemonicPrefix`. */
function withoutLetter(name: string): string {
  return /^[a-z]\//.test(name) ? name.slice(2) : name;
}

/** Why a name of a patch must not be followed, or null if it may. */
export function hostilePath(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.startsWith('/')) return 'it is absolute';
  if (/^[A-Za-z]:/.test(name)) return 'it names a drive';
  if (name.includes('\\')) return 'it has backslashes';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f]/.test(name)) return 'it has control characters';
  const components = name.split('/');
  if (components.includes('..')) return 'it leads out of the tree';
  if (components.some((component) => component === '' || component === '.')) return 'it has empty components';
  if (components.some((component) => component.toLowerCase() === '.git')) return 'it is inside a git directory';
  return null;
}
