/** What a change of one thread's content is under the name of a thread that is like it. */
import { expect, it } from 'vitest';
import { Interpreter } from '../../system/interpreter.js';
import { noAssumptions } from '../../system/sharedWords.js';
import { generatedOf, linkGenerated } from '../../testing/generatedSystem.js';
import { Expander } from './expander.js';
import { ContentImages } from './progressImages.js';

it('has an image for each thread that is like the one that moves, with the numbers of what that one would have', () => {
  const act = 'count under the mutex';
  const system = linkGenerated(generatedOf([act], [act], ['count under the spinlock']));
  const weakened = new Set([noAssumptions]);
  const expander = new Expander(
    new Interpreter(system, weakened),
    { rewrite: () => undefined },
    { transactions: false, symmetry: true, weakened },
  );
  expander.addInitial();
  expander.clear();
  const { packed, canonical, interpreter } = expander;
  const { components, values } = packed;
  expect(canonical!.symmetry.classes).toEqual([[0, 1]]);
  const [first, second, third] = [0, 1, 2].map((thread) => components.firstThread + thread) as [number, number, number];
  const images = new ContentImages(system, components, canonical!.symmetry, null, interpreter.words);
  // Both stand at the beginning: where the second one does is what the first one's place is under its name.
  const own = (component: number) => ({ component, before: values[component]!, after: 0 });
  expect(images.of(own(first)).map(({ component }) => component)).toEqual([first, second]);
  expect(images.of(own(second)).find(({ component }) => component === first)).toEqual(images.of(own(first))[0]);
  expect(images.of(own(third))).toHaveLength(1);
  expect(images.of({ component: first, before: -1, after: 0 }).map(({ before }) => before)).toEqual([-1, -1]);
});
