import { setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * Watches a `struct dma_buf_attachment`: attach → map → unmap → detach.
 *
 * Source: drivers/dma-buf/dma-buf.c (dma_buf_dynamic_attach, dma_buf_map_attachment, dma_buf_unmap_attachment and their
 * unlocked forms, dma_buf_detach), v6.12. An unlocked form calls the plain one inside, which would look like two unmaps;
 * so its call is an event of its own, after which one plain unmap belongs to it.
 *
 * Left out: how many times it is mapped (the core does not refuse a second map, and then one unmap clears it here); the
 * mapping that the core makes at attach time for dynamic importers and undoes at detach, which goes by other names.
 * `dma_buf_dynamic_attach` detaches by itself when it fails late, so the new state accepts a detach.
 */
const machine = setup({
  types: machineTypes<
    { result: number },
    { type: 'attach' } | { type: 'map' } | { type: 'unmap' } | { type: 'unmapUnlocked' } | { type: 'detach' }
  >(),
}).createMachine({
  id: 'dma_buf_attachment',
  context: { result: 0 },
  initial: 'new',
  states: {
    new: {
      description: 'dma_buf_attach has not returned it yet.',
      on: {
        attach: 'attached',
        map: 'mappedUnattached',
        unmap: 'unmappedNotMapped',
        unmapUnlocked: 'unlockedUnmapNotMapped',
        detach: 'detached',
      },
    },
    attached: {
      description: 'Attached, and not mapped.',
      on: {
        attach: 'attached',
        map: 'mapped',
        unmap: 'unmappedNotMapped',
        unmapUnlocked: 'unlockedUnmapNotMapped',
        detach: 'detached',
      },
    },
    mapped: {
      description: 'The device can reach the buffer.',
      on: {
        attach: 'mapped',
        map: 'mapped',
        unmap: 'attached',
        unmapUnlocked: 'unmapping',
        detach: 'detachedWhileMapped',
      },
    },
    unmapping: {
      description: 'Attached; the unlocked unmap was called, the plain one inside it may follow.',
      on: {
        attach: 'unmapping',
        map: 'mapped',
        unmap: 'attached',
        unmapUnlocked: 'unlockedUnmapNotMapped',
        detach: 'detached',
      },
    },
    detached: {
      description: 'dma_buf_detach was called: the attachment is being freed.',
      on: {
        attach: 'detached',
        map: 'usedAfterDetach',
        unmap: 'usedAfterDetach',
        unmapUnlocked: 'usedAfterDetach',
        detach: 'detachedTwice',
      },
    },
    mappedUnattached: {
      description: 'Mapped without dma_buf_attach.',
      meta: { violates: 'operation-order' },
      always: 'mapped',
    },
    unmappedNotMapped: {
      description: 'dma_buf_unmap_attachment without a mapping.',
      meta: { violates: 'operation-order' },
      always: 'attached',
    },
    unlockedUnmapNotMapped: {
      description: 'dma_buf_unmap_attachment_unlocked without a mapping.',
      meta: { violates: 'operation-order' },
      always: 'unmapping',
    },
    detachedWhileMapped: {
      description: 'dma_buf_detach although the device still reaches the buffer.',
      meta: { violates: 'operation-order' },
      always: 'detached',
    },
    usedAfterDetach: {
      description: 'Mapped or unmapped after dma_buf_detach.',
      meta: { violates: 'operation-order' },
      always: 'detached',
    },
    detachedTwice: {
      description: 'dma_buf_detach called a second time.',
      meta: { violates: 'operation-order' },
      always: 'detached',
    },
  },
});

/** Monitor of a dma-buf attachment. */
export const attachment: Lifecycle = {
  id: 'dma_buf_attachment',
  title: 'dma-buf attachment: attach, map, unmap, detach',
  use: 'monitor',
  cType: 'dma_buf_attachment',
  source: 'drivers/dma-buf/dma-buf.c, dma_buf_dynamic_attach, dma_buf_detach; v6.12',
  machine,
  events: [{ type: 'attach' }, { type: 'map' }, { type: 'unmap' }, { type: 'unmapUnlocked' }, { type: 'detach' }],
  bindings: [
    { event: 'attach', function: 'dma_buf_attach', when: 'return', object: 'result', outcome: 'pointer' },
    { event: 'attach', function: 'dma_buf_dynamic_attach', when: 'return', object: 'result', outcome: 'pointer' },
    {
      event: 'map',
      function: 'dma_buf_map_attachment',
      when: 'return',
      object: { argument: 0 },
      outcome: 'pointer',
    },
    {
      event: 'map',
      function: 'dma_buf_map_attachment_unlocked',
      when: 'return',
      object: { argument: 0 },
      outcome: 'pointer',
    },
    { event: 'unmap', function: 'dma_buf_unmap_attachment', when: 'call', object: { argument: 0 } },
    {
      event: 'unmapUnlocked',
      function: 'dma_buf_unmap_attachment_unlocked',
      when: 'call',
      object: { argument: 0 },
    },
    { event: 'detach', function: 'dma_buf_detach', when: 'call', object: { argument: 1 } },
  ],
};
