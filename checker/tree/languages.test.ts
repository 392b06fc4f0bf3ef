/**
 * Beyond verdicts: each entry point, run alone with every outcome, makes the same sequences of kernel operations, with the same outcomes
 * on objects of the same role, in lifted C and in the hand-written models. Plain accesses and calls among the analysed functions are
 * hidden.
 */
import { beforeAll, expect, it } from 'vitest';
import { describeWith, seedPatch, tree612 } from '../../models/c/testing/inputs.js';
import { revisionById } from '../../models/revisions/index.js';
import { compareLanguages } from '../language/sameLanguage.js';
import type { OperationAutomaton } from '../language/operationLanguage.js';
import { operationLanguage, projected } from '../language/operationLanguage.js';
import { resolveRevision } from '../resolveRevision.js';
import type { ResolvedRevision } from '../system/link.js';
import { link } from '../system/link.js';
import { soloScenario } from '../testing/soloScenario.js';
import { fromPatchedTree, fromTree, readText } from '../testing/treeRevisions.js';

/** A call, and what is called before. */
const entryPoints: readonly (readonly [call: string, ...before: string[]])[] = [
  ['sys_open_chrdev(&world.inode)'],
  ['sys_close(0)'],
  ['user_shm_alloc(0)'],
  ['sys_close(1)', 'user_shm_alloc(0)'],
  ['sys_mmap(1)', 'user_shm_alloc(0)'],
  ['user_shm_register(0)'],
  ['sys_close(1)', 'user_shm_register(0)'],
  ['user_invoke(0, 1)'],
  ['user_invoke(0, 1)', 'user_shm_alloc(0)'],
  ['sys_ioctl(0, TEE_IOC_VERSION, NULL)'],
  ['env_remove(world.teedev)'],
];

/** Those of the patch. */
const patched: typeof entryPoints = [
  ['user_allocate(0)'],
  ['sys_close(1)', 'user_allocate(0)'],
  ['user_import(1)', 'user_allocate(0)'],
  ['user_sync(1)', 'user_allocate(0)'],
  ['sys_mmap(1)', 'user_allocate(0)'],
  ['user_invoke(0, 1)', 'user_allocate(0)'],
];

/** Pure functions of numbers: what they are given and give has no part in the life of an object. */
const pureHelpers =
  /^(?:MKDEV|MAJOR|MINOR|ALIGN|PAGE_ALIGN|rounddown|roundup|untagged_addr|size_add|size_mul|u64_to_user_ptr|vma_pages)\b/;

/** Protection bits are a struct that C passes by value; a number in the models. */
const byValue = /, vm_area_struct[.]vm_page_prot\b[^),]*/;

function languageOf(revision: ResolvedRevision, [call, ...before]: (typeof entryPoints)[number]): OperationAutomaton {
  const language = projected(
    operationLanguage(link(revision, soloScenario(call, before))),
    ({ text }) => !pureHelpers.test(text),
  );
  const edges = language.edges.map(({ label, ...edge }) => ({
    ...edge,
    label: label && { ...label, text: label.text.replace(byValue, '') },
  }));
  return { ...language, edges };
}

function agree(lifted: () => ResolvedRevision, handWritten: ResolvedRevision, calls: typeof entryPoints): void {
  it.each(calls.map((entry) => [entry.toReversed().join(', then '), entry] as const))('%s', (_, entry) => {
    const [ours, theirs] = [languageOf(lifted(), entry), languageOf(handWritten, entry)];
    expect(ours.edges.filter(({ label }) => label !== null).length).toBeGreaterThan(3);
    expect(compareLanguages(ours, theirs)).toBeNull();
  });
}

describeWith({ tree612 }, 'the languages of the tree of 6.12', () => {
  let lifted: ResolvedRevision;
  beforeAll(() => {
    lifted = fromTree(tree612!).resolved;
  });
  agree(() => lifted, resolveRevision(revisionById('v6.12')!, revisionById), entryPoints);
});

describeWith({ tree612, seedPatch }, 'the languages of the v4 patch', () => {
  let lifted: ResolvedRevision;
  beforeAll(async () => {
    lifted = (await fromPatchedTree(tree612!, readText(seedPatch!))).resolved;
  });
  agree(() => lifted, resolveRevision(revisionById('v4')!, revisionById), [...entryPoints, ...patched]);
});
