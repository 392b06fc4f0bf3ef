import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseDot } from '@ts-graphviz/ast';
import { MultiDirectedGraph } from 'graphology';
import { parse as parseGraphml } from 'graphology-graphml';
import type { SerializedGraph } from 'graphology-types';
import { describe, expect, it } from 'vitest';
import { usedDeviceMutex } from './testing/knownFindings.js';
import { documentOf, interleaf, withFolder } from './testing/runProgram.js';

const states = ['graph', 'v4', '--scenario', 'close-context-client'];

describe('graph', () => {
  it('draws a state graph that other programs read, in every format', () => {
    const [dot, graphml, json] = ['dot', 'graphml', 'json'].map((to) => interleaf(...states, '--to', to));
    expect(dot).toMatchObject({ status: 0, stderr: '' });
    expect(() => parseDot(dot!.stdout)).not.toThrow();
    const read = MultiDirectedGraph.from(documentOf<SerializedGraph>(json!));
    expect(read.order).toBeGreaterThan(10);
    expect(parseGraphml(MultiDirectedGraph, graphml!.stdout).order).toBe(read.order);
  });

  it('says when it does not draw all, and draws more when told to', () => {
    const some = interleaf('graph', 'v4', '--scenario', 'allocate-close', '--to', 'json', '--max-states', '20');
    expect(some).toMatchObject({ status: 0, stderr: expect.stringContaining('only the first 20 states') as string });
    expect(MultiDirectedGraph.from(documentOf<SerializedGraph>(some)).getAttribute('complete')).toBe(false);
  });

  it('draws a counterexample, into a file', async () => {
    await withFolder((folder) => {
      interleaf('check', 'v4', '--scenario', 'close-context-client', '--base', 'none', '--output', folder);
      const drawn = join(folder, 'it.dot');
      const outcome = interleaf('graph', join(folder, `${usedDeviceMutex}.json`), '--output', drawn);
      expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(existsSync(drawn)).toBe(true);
      const text = readFileSync(drawn, 'utf8');
      expect(() => parseDot(text)).not.toThrow();
      expect(text).toContain('"role"="breaks"');
    });
  });

  it('draws a lifecycle', () => {
    const { status, stdout } = interleaf('graph', '--lifecycle', 'mutex');
    expect(status).toBe(0);
    expect(() => parseDot(stdout)).not.toThrow();
    expect(stdout).toContain('"unlocked"');
  });

  it.each([
    ['nothing', ['graph'], 'there is nothing to draw'],
    ['several scenarios', ['graph', 'v4'], 'a state graph is of one scenario'],
    ['an unknown revision', ['graph', 'v5'], 'did you mean v4'],
    ['a missing file', ['graph', 'found/it.json'], 'cannot read it'],
    ['an unknown lifecycle', ['graph', '--lifecycle', 'mutx'], 'did you mean mutex'],
    ['two subjects', ['graph', 'v4', '--lifecycle', 'mutex'], 'draws one lifecycle'],
    ['an unknown format', ['graph', 'v4', '--to', 'svg'], 'dot, graphml, json'],
  ])('does not draw %s', (_, args, message) => {
    const { status, stdout, stderr } = interleaf(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
