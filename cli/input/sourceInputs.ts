import type { SourceInputs } from '../../checker/tree/sourceInputs.js';
import { readConfigFile, readPatchFiles } from '../../checker/tree/sourceInputs.js';
import type { PatchInput } from '../../models/c/intake/readPatches.js';
import type { SourceOptionValues } from '../sourceOptions.js';

/** What to lay over a tree, read. */
export async function readInputs(
  { tree, patch, range, config }: Omit<SourceOptionValues, 'tree'> & { readonly tree: string },
  stdin: NodeJS.ReadableStream,
): Promise<SourceInputs> {
  return {
    tree,
    patches: await readPatchInputs(patch, stdin),
    ...(range === undefined ? {} : { range }),
    ...(config === undefined ? {} : { configuration: readConfigFile(config) }),
  };
}

/** The patches at these paths; `-` is standard input. */
export async function readPatchInputs(given: readonly string[], stdin: NodeJS.ReadableStream): Promise<PatchInput[]> {
  const inputs: PatchInput[] = [];
  for (const path of given) {
    if (path === '-') inputs.push({ name: '<stdin>', bytes: await readAll(stdin) });
    else inputs.push(...readPatchFiles([path]));
  }
  return inputs;
}

async function readAll(stdin: NodeJS.ReadableStream): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}
