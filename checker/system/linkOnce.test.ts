import { expect, it } from 'vitest';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import { link } from './link.js';
import { defaultOptions } from './linkedSystem.js';
import { linkOnce } from './linkOnce.js';

it('links once what is asked for with the same revision, scenario and options, and only that', () => {
  const revision = exampleRevision('bare');
  const system = linkOnce(revision, exampleScenario, defaultOptions);
  expect(linkOnce(revision, exampleScenario, defaultOptions)).toBe(system);
  expect(system.nodes.length).toBe(link(revision, exampleScenario, defaultOptions).nodes.length);

  const fewer = { ...defaultOptions, faults: 0 };
  expect(linkOnce(revision, exampleScenario, fewer).options).toBe(fewer);
  const other = exampleRevision('locked');
  expect(linkOnce(other, exampleScenario, defaultOptions).revision).toBe(other.revision);
  const renamed = { ...exampleScenario, id: 'renamed' };
  expect(linkOnce(revision, renamed, defaultOptions).scenario).toBe(renamed);
  // The first one is not kept for ever.
  expect(linkOnce(revision, exampleScenario, defaultOptions)).not.toBe(system);
});
