import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { TreeError } from './treeError.js';

/** Variables that would make git look at another repository than the directory's; hooks set them. */
const elsewhere = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
];

/** Bytes of output; a diff of two releases of the kernel has less. */
const maxOutput = 512 * 1024 * 1024;

/**
 * What `git -C directory …` prints. Nothing is written, fetched or run beside git: no locks, no missing objects of
 * partial clones, no pager; callers that make diffs also forbid the programs that a repository's configuration may name
 * for that.
 *
 * Throws `TreeError` if there is no git, or with what git said. Arguments from outside must not begin with `-`.
 */
export function runGit(directory: string, args: readonly string[]): Buffer {
  const ours = Object.entries(process.env).filter(([name]) => !elsewhere.includes(name));
  const env = { ...Object.fromEntries(ours), LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1' };
  const result = spawnSync('git', ['--no-pager', '-C', directory, ...args], { env, maxBuffer: maxOutput });
  const code = (result.error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOENT') {
    throw new TreeError(directory, 'git is not installed', 'Install git, or give a directory and a patch file.');
  }
  if (code === 'ENOBUFS')
    throw new TreeError(directory, `git prints more than ${maxOutput} bytes`, 'Give a smaller range.');
  if (result.error !== undefined) throw new TreeError(directory, result.error.message, 'Check that git works.');
  if (result.status !== 0) {
    const said = result.stderr.toString('utf8').trim().replace(/\s+/g, ' ').slice(0, 300);
    throw new TreeError(directory, `git ${args[0]}: ${said || 'it failed'}`, 'Check that the directory is a git tree.');
  }
  return result.stdout;
}

/**
 * The full id of what names a commit. Throws `TreeError` if nothing does, and for names that git could take for an
 * option or a range.
 */
export function resolveCommit(directory: string, name: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (name === '' || name.startsWith('-') || name.includes('..') || /[\x00-\x20\x7f]/.test(name)) {
    throw new TreeError(name, 'this cannot be the name of a commit', 'Give a tag, a branch or a commit id.');
  }
  runGit(directory, ['rev-parse', '--git-dir']);
  try {
    return runGit(directory, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`])
      .toString('utf8')
      .trim();
  } catch (error) {
    if (!(error instanceof TreeError)) throw error;
    throw new TreeError(
      name,
      `there is no such commit in ${directory}`,
      'Look with git log; in a shallow or partial clone, fetch it first.',
    );
  }
}
