import type { ValuesOf } from './option.js';
import { flag, paths, text } from './option.js';

/** Where C is read from. Shared by all commands that take a tree. */
export const treeOptions = {
  tree: text('--tree <dir>', 'a kernel tree to read C from; never written to'),
  config: text('--config <file>', 'decide #if by this .config (default: by policy, nearly everything is set)'),
};

/** What is laid over the tree. Shared by the commands that check one patch. */
export const sourceOptions = {
  ...treeOptions,
  patch: paths(
    '--patch <file>',
    'lay this over the tree: a patch, mail, mbox (.gz too) or a directory of them; repeat it for more; - is standard input',
  ),
  range: text('--range <a..b>', 'what this range of commits changes; --tree is a git clone then'),
};

/** The values of `sourceOptions`. */
export type SourceOptionValues = ValuesOf<typeof sourceOptions>;

/** For a schedule that was found in other C than the one given. */
export const otherOption = flag('--other', 'try the schedule although it was found in another tree or patch');
