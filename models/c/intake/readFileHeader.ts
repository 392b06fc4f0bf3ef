import type { InputLine } from './inputLine.js';
import type { FilePatch } from './patch.js';
import { headerName, hostilePath, sameFile, stripPrefixes, unquoteName, type NamePair } from './patchPath.js';

/** What stands before the hunks of a file. */
export type FileHeader = Omit<FilePatch, 'hunks'>;

/** A header and the index after it, or why the file cannot be used. */
export type HeaderOutcome =
  | { readonly ok: true; readonly header: FileHeader; readonly needsHunks: boolean; readonly next: number }
  | { readonly ok: false; readonly reason: string; readonly remedy: string; readonly next: number };

/** Git's lines between `diff --git` and `---`, by what they begin with. */
const extended = /^(?:old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to) (.*)$/;

/** A file's header begins at this index. */
export function isFileHeader(lines: readonly InputLine[], index: number): boolean {
  const text = lines[index]!.text;
  if (/^diff --(?:git|cc|combined) /.test(text)) return true;
  return text.startsWith('--- ') && (lines[index + 1]?.text.startsWith('+++ ') ?? false);
}

/** Reads the header that begins at `start`, in git's form or that of `diff -u`. */
export function readFileHeader(lines: readonly InputLine[], start: number): HeaderOutcome {
  const first = lines[start]!.text;
  let index = start;
  const fields = new Map<string, string>();
  let blobs: readonly [string | null, string | null] = [null, null];

  if (!first.startsWith('--- ')) {
    if (!first.startsWith('diff --git ')) {
      const remedy = 'Give the change against one parent: git diff BASE..BRANCH, or git show -m.';
      let next = start + 1;
      while (next < lines.length && !lines[next]!.text.startsWith('diff --')) next++;
      return { ok: false, reason: 'this is a combined diff of a merge', remedy, next };
    }
    for (index++; index < lines.length; index++) {
      const text = lines[index]!.text;
      const ids = /^index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: (\d+))?$/.exec(text);
      const field = extended.exec(text);
      if (ids !== null) {
        blobs = [presentBlob(ids[1]!), presentBlob(ids[2]!)];
        if (ids[3] !== undefined) fields.set('mode', ids[3]);
      } else if (field !== null) fields.set(text.slice(0, text.length - field[1]!.length - 1), field[1]!);
      else if (!/^(?:dis)?similarity index /.test(text)) break;
    }
  }
  let names = gitNames(first, fields);
  const refuse = (reason: string, remedy: string): HeaderOutcome => {
    const subject = names === null ? '' : `${stripPrefixes(names).newName}: `;
    // The rest of this header must not be taken for the header of another file.
    while (/^(?:---|\+\+\+) /.test(lines[index]?.text ?? '')) index++;
    return { ok: false, reason: subject + reason, remedy, next: index };
  };

  const text = lines[index]?.text ?? '';
  if (text.startsWith('GIT binary patch') || /^Binary files .* differ$/.test(text)) {
    return refuse('this is a binary patch', 'Leave the file out; only text can be analysed.');
  }
  const moved = fields.has('rename from') || fields.has('copy from');
  const hasNames = text.startsWith('--- ');
  let absent = { old: fields.has('new file mode'), new: fields.has('deleted file mode') };
  if (hasNames) {
    const newText = lines[index + 1]?.text ?? '';
    if (!newText.startsWith('+++ ')) {
      return refuse('the --- line has no +++ line after it', 'Ask for the patch again; a line of it is missing.');
    }
    const [oldSide, newSide] = [headerName(text.slice(4)), headerName(newText.slice(4))];
    absent = { old: absent.old || oldSide.absent, new: absent.new || newSide.absent };
    const agree = (side: typeof oldSide, name: string | undefined) =>
      side.absent || name === undefined || name === side.name;
    if (!moved && !(agree(oldSide, names?.oldName) && agree(newSide, names?.newName))) {
      return refuse('the diff line names another file than the --- and +++ lines', 'Correct the names.');
    }
    names ??= { oldName: oldSide.name, newName: newSide.name };
    index += 2;
  }
  if (names === null) return refuse('its names cannot be read', 'Give the patch as git format-patch writes it.');
  if (absent.old && absent.new) return refuse('the file is absent on both sides', 'Correct the --- and +++ lines.');

  const { oldName, newName } = moved ? names : sameFile(stripPrefixes(names));
  for (const name of [names.oldName, names.newName, oldName, newName]) {
    const hostile = name === '/dev/null' ? null : hostilePath(name);
    if (hostile !== null) {
      return refuse(
        `its name ${JSON.stringify(name)} is refused, because ${hostile}`,
        'A patch may only name files inside the tree; do not use this one before you know why it does not.',
      );
    }
  }
  const mode = fields.get('new file mode') ?? fields.get('deleted file mode') ?? fields.get('mode') ?? '100644';
  if (mode === '120000' || mode === '160000') {
    const what = mode === '120000' ? 'a symbolic link' : 'a submodule';
    return refuse(`this is ${what}, not a source file`, 'Nothing to do: the analysis does without it.');
  }

  const paths = { oldPath: absent.old ? null : oldName, newPath: absent.new ? null : newName };
  const change = fields.has('copy from') ? 'copy' : fields.has('rename from') ? 'rename' : changeOf(paths);
  const header = { change, ...paths, oldBlob: blobs[0], newBlob: blobs[1], inputLine: lines[start]!.line } as const;
  const needsHunks = hasNames || !isComplete(header, fields);
  return { ok: true, header, needsHunks, next: index };
}

/** Without `---` and `+++` a header is all there is to a change of mode, a move of equal content, and an empty file. */
function isComplete({ change, oldBlob, newBlob }: FileHeader, fields: ReadonlyMap<string, string>): boolean {
  const isEmpty = (blob: string | null) => blob === null || 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'.startsWith(blob);
  if (change === 'modify') return fields.has('old mode');
  return change === 'create' ? isEmpty(newBlob) : change === 'delete' ? isEmpty(oldBlob) : oldBlob === null;
}

/** The names that git gives beside `---` and `+++`: those of a move, or the two equal halves of its `diff` line. */
function gitNames(first: string, fields: ReadonlyMap<string, string>): NamePair | null {
  const plain = (name: string) => (name.startsWith('"') ? unquoteName(name) : name);
  for (const move of ['rename', 'copy']) {
    const [from, to] = [fields.get(`${move} from`), fields.get(`${move} to`)];
    if (from !== undefined && to !== undefined) return { oldName: plain(from), newName: plain(to) };
  }
  if (!first.startsWith('diff --git ')) return null;
  const rest = first.slice('diff --git '.length);
  const middle = (rest.length - 1) / 2;
  const [left, right] = [rest.slice(0, middle), rest.slice(middle + 1)];
  if (rest[middle] !== ' ' || left.slice(left.indexOf('/')) !== right.slice(right.indexOf('/'))) return null;
  return { oldName: plain(left), newName: plain(right) };
}

function changeOf({ oldPath, newPath }: Pick<FilePatch, 'oldPath' | 'newPath'>): FilePatch['change'] {
  if (oldPath === null) return 'create';
  return newPath === null ? 'delete' : 'modify';
}

/** Null for the id of all zeros, which stands for no file. */
function presentBlob(id: string): string | null {
  return /^0+$/.test(id) ? null : id;
}
