import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultConfiguration } from '../../syntax/configuration.js';
import { parseTranslationUnit } from '../../syntax/parse.js';
import type { Declarations } from '../declarations.js';
import type { HeaderSource } from '../includes.js';
import { openDeclarations, type DeclarationOptions } from '../openDeclarations.js';

/** A tree of files that are written in the test; `reads` lists what was asked for, in order. */
export function treeOf(files: Readonly<Record<string, string>>): HeaderSource & { readonly reads: readonly string[] } {
  const reads: string[] = [];
  return {
    reads,
    read(path) {
      reads.push(path);
      return files[path] ?? null;
    },
  };
}

/** An unpacked kernel tree. */
export function treeAt(root: string): HeaderSource {
  return {
    read(path) {
      const file = join(root, path);
      return existsSync(file) ? readFileSync(file, 'utf8') : null;
    },
  };
}

/** Parses a file of a tree and opens its declarations. */
export function declarationsIn(
  tree: HeaderSource,
  file: string,
  options: Partial<DeclarationOptions> = {},
): Declarations {
  const configuration = options.configuration ?? defaultConfiguration();
  const unit = parseTranslationUnit(tree.read(file) ?? '', { file, configuration });
  const errors = unit.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ line, message }) => `${file}:${line}: ${message}`).join('\n'));
  return openDeclarations(tree, file, unit, { ...options, configuration });
}

/** Declarations of one file without includes. */
export function declarationsOf(text: string, options: Partial<DeclarationOptions> = {}): Declarations {
  return declarationsIn(treeOf({ 'a.c': text }), 'a.c', options);
}

/** gcc is there; what it says is the oracle of what C means. */
export const gcc: string | null = spawnSync('gcc', ['--version']).status === 0 ? 'gcc' : null;

/** Compiles a program with gcc and returns the lines it prints. */
export function runC(source: string): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'interleaf-'));
  try {
    const file = join(directory, 'a.c');
    const program = join(directory, 'a');
    writeFileSync(file, source);
    execFileSync('gcc', ['-w', '-std=gnu11', '-funsigned-char', '-fwrapv', '-o', program, file]);
    return execFileSync(program, { encoding: 'utf8' }).split('\n').slice(0, -1);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
