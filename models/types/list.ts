import { struct } from './structType.js';

/** Lists: links that stand inside of what is listed. */
export const listTypes = [
  struct('list_head', 'include/linux/types.h, v6.12', { next: 'struct list_head *', prev: 'struct list_head *' }),
  struct('hlist_head', 'include/linux/types.h, v6.12', { first: 'struct hlist_node *' }),
  struct('hlist_node', 'include/linux/types.h, v6.12', {
    next: 'struct hlist_node *',
    pprev: 'struct hlist_node **',
  }),
];
