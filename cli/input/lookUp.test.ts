import { describe, expect, it } from 'vitest';
import { scenarioSection } from '../listing/scenarios.js';
import { lookUpScenario } from './lookUp.js';

describe('a member of a family', () => {
  it('is a scenario by its id', () => {
    expect(lookUpScenario('openers-7').threads).toHaveLength(8);
  });

  it('that the family does not have is an error that says which it has', () => {
    expect(() => lookUpScenario('openers-99')).toThrow(
      /^'openers-99' is no member of its family: K is 99; its members are openers-K \(K threads/,
    );
    expect(() => lookUpScenario('openers')).toThrow(/is no member of its family: its members are openers-K/);
    expect(() => lookUpScenario('opener-1')).toThrow(/^there is no scenario 'opener-1'/);
  });

  it('is listed with its family', () => {
    const entries = scenarioSection.entries();
    const detailsOf = (id: string) => entries.find((entry) => entry.id === id)!.details.join('\n');
    expect(detailsOf('allocators-2-1')).toContain('one of allocators-K-M (K threads that allocate, 1 to 8; M threads');
    expect(detailsOf('allocate-close')).not.toContain('one of ');
  });
});
