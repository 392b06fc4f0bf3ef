import { blobId } from '../../models/c/intake/blobId.js';
import type { KernelTree, PatchedTree } from '../../models/c/intake/tree.js';
import type { LiftedFunction } from '../../models/c/lift/liftProgram.js';
import { liftProgram } from '../../models/c/lift/liftProgram.js';
import type { Remark } from '../../models/c/lift/remark.js';
import type { Configuration } from '../../models/c/syntax/parse.js';
import { printFunction, type PrintedLine } from '../../models/program/printFunction.js';
import type { DecidedConditional, SourceProblem } from '../finding/sourceReport.js';
import { changedFunctions } from './changedFunctions.js';
import { levelOf } from './openTreeRevision.js';
import { teeSubsystem } from './subsystem.js';
import { vocabularyFor } from './vocabularyFor.js';

/** What to lift. */
export interface LiftSourceRequest {
  readonly tree: KernelTree | PatchedTree;
  /** The tree without the patch, where `tree` has one: without `files`, the functions that the patch changes are lifted. */
  readonly base: KernelTree | null;
  readonly configuration: Configuration;
  /** Paths in the tree; empty for the C files that the patch touches. */
  readonly files: readonly string[];
}

/** One function beside its C. */
export interface LiftedText {
  readonly name: string;
  readonly file: string;
  /** First and last line in the file. */
  readonly line: number;
  readonly endLine: number;
  readonly source: readonly { readonly line: number; readonly mailLine: number | null; readonly text: string }[];
  readonly program: readonly PrintedLine[];
  readonly remarks: readonly Remark[];
  readonly level: 'exact' | 'abstracted' | 'blocked';
  /** Every function it calls has a model or a source. */
  readonly calleesKnown: boolean;
  /** The patch changes it. */
  readonly changed: boolean;
}

/** What the front end made of files or of a patch. */
export interface LiftedSource {
  readonly functions: readonly LiftedText[];
  readonly problems: readonly SourceProblem[];
  readonly conditionals: readonly DecidedConditional[];
  /** Remarks about tables and variables. */
  readonly remarks: readonly Remark[];
}

/** Lifts the functions of C files, or those that a patch changes. Never throws for what the source contains. */
export function liftSource({ tree, base, configuration, files }: LiftSourceRequest): LiftedSource {
  const patched = 'patched' in tree ? tree.patched : undefined;
  const touched = [...(patched ?? [])].filter(([path, file]) => file !== null && path.endsWith('.c'));
  const wanted = files.length > 0 ? files : touched.map(([path]) => path);
  const vocabulary = vocabularyFor(teeSubsystem, tree.version ?? '');
  const lifted = liftProgram({ tree, files: wanted, vocabulary, configuration, ...(patched ? { patched } : {}) });
  const changes = patched && base ? changedFunctions(base, tree as PatchedTree, configuration) : [];
  const isChanged = ({ definition, line }: LiftedFunction) =>
    changes.some((change) => change.file === definition.file && change.line === line && change.change !== 'removed');
  const functions = lifted.functions
    .filter((fn) => wanted.includes(fn.definition.file))
    .map((fn) => textOf(fn, isChanged(fn), tree))
    .filter(({ changed }) => files.length > 0 || changed);
  return {
    functions,
    problems: lifted.problems.map(({ file, line, severity, message }) => ({ file, line, severity, message })),
    conditionals: [...lifted.units].flatMap(([file, unit]) =>
      unit.conditionals.map((decision) => ({ file, ...decision })),
    ),
    remarks: lifted.remarks,
  };
}

function textOf(fn: LiftedFunction, changed: boolean, tree: KernelTree | PatchedTree): LiftedText {
  const { definition, line, endLine, remarks } = fn;
  const file = 'patched' in tree ? tree.patched.get(definition.file) : undefined;
  const mailLineAt = (at: number) => {
    const mailLine = file?.inputLines[at - 1] ?? 0;
    return mailLine === 0 ? null : mailLine;
  };
  const lines = (tree.read(definition.file) ?? '').split('\n').slice(line - 1, endLine);
  return {
    name: definition.name,
    file: definition.file,
    line,
    endLine,
    source: lines.map((text, index) => ({
      line: line + index,
      mailLine: mailLineAt(line + index),
      text: text.replace(/\r$/, ''),
    })),
    program: printFunction(definition),
    remarks,
    level: levelOf(remarks),
    calleesKnown: !remarks.some(({ kind }) => kind === 'opaque call'),
    changed,
  };
}

/** A tree that is one file, for C whose tree nobody has: types and callees of headers are unknown then. */
export function singleFileTree(path: string, text: string): KernelTree {
  return {
    name: path,
    version: null,
    read: (asked) => (asked === path ? text : null),
    blobId: (asked) => (asked === path ? blobId(Buffer.from(text, 'utf8')) : null),
    list: () => [],
  };
}
