import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A kernel tree for tests: a version, a file where the TEE core would be, and one elsewhere. None of it is kernel code. */
export const miniFiles: Readonly<Record<string, string>> = {
  Makefile: 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\nEXTRAVERSION =\n',
  'drivers/tee/tee_core.c': `struct widget {
	int count;
};

static int widget_add(struct widget *w, int by)
{
	if (by < 0)
		return -22;
	w->count += by;
	return w->count;
}

int widget_twice(struct widget *w)
{
	int first = widget_add(w, 1);

#ifdef CONFIG_WIDGET_ONCE
	return first;
#else
	return first + widget_add(w, 1);
#endif
}
`,
  'drivers/tee/tee_shm.c': 'int widget_limit(void)\n{\n\treturn 8;\n}\n',
  'drivers/tee/tee_shm_pool.c': 'int widget_floor(void)\n{\n\treturn 0;\n}\n',
  'lib/other.c': 'int other(int a)\n{\n\treturn a + 1;\n}\n',
  'lib/idr.c': 'void *idr_remove(struct idr *idr, unsigned long id)\n{\n\treturn xa_erase(&idr->idr_rt, id);\n}\n',
};

/** Writes the files below a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Writes the tree into a folder and gives its directory. */
export function writeMiniTree(folder: string): string {
  const tree = join(folder, 'tree');
  writeFiles(tree, miniFiles);
  return tree;
}

/** Every file below a directory with its content and time of change, to see that nobody wrote there. */
export function stateOf(directory: string): Record<string, string> {
  const state: Record<string, string> = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mtimeMs } = statSync(path);
    state[path] = entry.isFile() ? `${mtimeMs} ${readFileSync(path, 'latin1')}` : String(mtimeMs);
  }
  return state;
}

/** A mail with one diff; `part` is what stands in the subject: `PATCH v2 1/2`. */
export function mail(part: string, subject: string, diff: string): string {
  return `From: A Tester <tester@example.org>
Date: Mon, 3 Mar 2025 10:00:00 +0100
Subject: [${part}] ${subject}

Why it is done.

---

${diff}`;
}

/** The diff of one line of a file of the mini tree, with the lines beside it as context. */
export function lineDiff(path: string, before: string, after: string): string {
  const lines = (miniFiles[path] ?? '').split('\n');
  const at = lines.indexOf(before);
  const context = (from: number, to: number) => lines.slice(Math.max(0, from), to).map((line) => ` ${line}`);
  const [above, below] = [context(at - 2, at), context(at + 1, Math.min(at + 3, lines.length - 1))];
  const count = above.length + below.length + 1;
  return [
    `diff --git a/${path} b/${path}`,
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -${at + 1 - above.length},${count} +${at + 1 - above.length},${count} @@`,
    ...above,
    `-${before}`,
    `+${after}`,
    ...below,
    '',
  ].join('\n');
}

/** Changes a function that no scenario is about. */
export const otherDiff = lineDiff('lib/other.c', '\treturn a + 1;', '\treturn a + 2;');
/** Changes a function of the file that is lifted. */
export const widgetDiff = lineDiff('drivers/tee/tee_core.c', '\tw->count += by;', '\tw->count += by + 1;');
