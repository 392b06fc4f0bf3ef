import { describe, expect, it } from 'vitest';
import { assertHolds, checkRevision } from './checkRevision.js';
import { exampleRevision, exampleScenario } from './testing/exampleSystem.js';

const options = { scenarios: [exampleScenario], workers: 0 };

describe('checkRevision', () => {
  it('checks a revision that is given as data', async () => {
    const result = await checkRevision(exampleRevision('locked').revision, options);
    expect(result).toMatchObject({ verdict: 'holds', exitCode: 0, base: null });
    expect(() => assertHolds(result)).not.toThrow();
  });

  it('finds what is wrong, and assertHolds says it', async () => {
    const result = await checkRevision(exampleRevision('bare').revision, options);
    expect(result).toMatchObject({ verdict: 'violated', exitCode: 1 });
    expect(() => assertHolds(result)).toThrow(
      /example-bare is violated\n {2}.*-[0-9a-f]{8}: .* \(example-use-remove\)/,
    );
  });

  it('does not call holds what was not searched to the end', async () => {
    const result = await checkRevision(exampleRevision('locked').revision, { ...options, maxStates: 1 });
    expect(() => assertHolds(result)).toThrow('example-use-remove is not complete: stopped after');
  });

  it('names an id that is not registered', async () => {
    await expect(checkRevision('v99')).rejects.toThrow("there is no revision 'v99'");
    await expect(checkRevision('v4', { scenarios: ['nothing'] })).rejects.toThrow("there is no scenario 'nothing'");
  });
});
