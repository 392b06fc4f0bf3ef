import { fn, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const kernel = { file: 'include/linux/list.h', origin: 'kernel' } as const;

/** Unlinking leaves poison (include/linux/poison.h): who follows it dereferences what is no object. */
const poison = (entry: string) => [set(`${entry}->next`, 'LIST_POISON1'), set(`${entry}->prev`, 'LIST_POISON2')];

/**
 * Doubly linked lists, as the programs they are. Nothing here locks or is atomic: lists without a common lock are a data race.
 * The checks of CONFIG_DEBUG_LIST and CONFIG_LIST_HARDENED are left out. Loops over a list are the caller's.
 */
export const listFunctions: readonly FunctionDefinition[] = [
  fn('void INIT_LIST_HEAD(struct list_head *list)', kernel, [
    set('list->next', 'list', 'marked'),
    set('list->prev', 'list', 'marked'),
  ]),
  fn('void __list_add(struct list_head *new, struct list_head *prev, struct list_head *next)', kernel, [
    set('next->prev', 'new'),
    set('new->next', 'next'),
    set('new->prev', 'prev'),
    set('prev->next', 'new', 'marked'),
  ]),
  fn('void list_add(struct list_head *new, struct list_head *head)', kernel, [
    run('__list_add(new, head, head->next)'),
  ]),
  fn('void list_add_tail(struct list_head *new, struct list_head *head)', kernel, [
    run('__list_add(new, head->prev, head)'),
  ]),
  fn('void __list_del(struct list_head *prev, struct list_head *next)', kernel, [
    set('next->prev', 'prev'),
    set('prev->next', 'next', 'marked'),
  ]),
  fn('void __list_del_entry(struct list_head *entry)', kernel, [run('__list_del(entry->prev, entry->next)')]),
  fn('void list_del(struct list_head *entry)', kernel, [run('__list_del_entry(entry)'), ...poison('entry')]),
  fn('void list_del_init(struct list_head *entry)', kernel, [
    run('__list_del_entry(entry)'),
    run('INIT_LIST_HEAD(entry)'),
  ]),
  fn('void list_move(struct list_head *list, struct list_head *head)', kernel, [
    run('__list_del_entry(list)'),
    run('list_add(list, head)'),
  ]),
  fn('void list_move_tail(struct list_head *list, struct list_head *head)', kernel, [
    run('__list_del_entry(list)'),
    run('list_add_tail(list, head)'),
  ]),
  fn('void list_replace(struct list_head *old, struct list_head *new)', kernel, [
    set('new->next', 'old->next'),
    set('new->next->prev', 'new'),
    set('new->prev', 'old->prev'),
    set('new->prev->next', 'new'),
  ]),
  fn('int list_empty(const struct list_head *head)', { ...kernel, locals: ['struct list_head *next'] }, [
    set('next', 'head->next', 'marked'),
    ret('next == head'),
  ]),
  fn('int list_is_head(const struct list_head *list, const struct list_head *head)', kernel, [ret('list == head')]),
  fn('int list_is_first(const struct list_head *list, const struct list_head *head)', kernel, [
    ret('list->prev == head'),
  ]),
  fn('int list_is_last(const struct list_head *list, const struct list_head *head)', kernel, [
    ret('list->next == head'),
  ]),
  fn('int list_is_singular(const struct list_head *head)', kernel, [
    when('list_empty(head)', [ret('0')]),
    ret('head->next == head->prev'),
  ]),
  fn(
    'void __list_splice(const struct list_head *list, struct list_head *prev, struct list_head *next)',
    { ...kernel, locals: ['struct list_head *first', 'struct list_head *last'] },
    [
      set('first', 'list->next'),
      set('last', 'list->prev'),
      set('first->prev', 'prev'),
      set('prev->next', 'first'),
      set('last->next', 'next'),
      set('next->prev', 'last'),
    ],
  ),
  fn('void list_splice(const struct list_head *list, struct list_head *head)', kernel, [
    when('!list_empty(list)', [run('__list_splice(list, head, head->next)')]),
  ]),
  fn('void list_splice_tail(struct list_head *list, struct list_head *head)', kernel, [
    when('!list_empty(list)', [run('__list_splice(list, head->prev, head)')]),
  ]),
  fn('void list_splice_init(struct list_head *list, struct list_head *head)', kernel, [
    when('!list_empty(list)', [run('__list_splice(list, head, head->next)'), run('INIT_LIST_HEAD(list)')]),
  ]),
  fn('void list_splice_tail_init(struct list_head *list, struct list_head *head)', kernel, [
    when('!list_empty(list)', [run('__list_splice(list, head->prev, head)'), run('INIT_LIST_HEAD(list)')]),
  ]),

  fn('void INIT_HLIST_HEAD(struct hlist_head *h)', kernel, [set('h->first', 'NULL')]),
  fn('void INIT_HLIST_NODE(struct hlist_node *h)', kernel, [set('h->next', 'NULL'), set('h->pprev', 'NULL')]),
  fn('int hlist_unhashed(const struct hlist_node *h)', kernel, [ret('!h->pprev')]),
  fn('int hlist_empty(const struct hlist_head *h)', { ...kernel, locals: ['struct hlist_node *first'] }, [
    set('first', 'h->first', 'marked'),
    ret('!first'),
  ]),
  fn(
    'void hlist_add_head(struct hlist_node *n, struct hlist_head *h)',
    { ...kernel, locals: ['struct hlist_node *first'] },
    [
      set('first', 'h->first'),
      set('n->next', 'first', 'marked'),
      when('first', [set('first->pprev', '&n->next', 'marked')]),
      set('h->first', 'n', 'marked'),
      set('n->pprev', '&h->first', 'marked'),
    ],
  ),
  fn(
    'void __hlist_del(struct hlist_node *n)',
    { ...kernel, locals: ['struct hlist_node *next', 'struct hlist_node **pprev'] },
    [
      set('next', 'n->next'),
      set('pprev', 'n->pprev'),
      set('*pprev', 'next', 'marked'),
      when('next', [set('next->pprev', 'pprev', 'marked')]),
    ],
  ),
  fn('void hlist_del(struct hlist_node *n)', kernel, [
    run('__hlist_del(n)'),
    set('n->next', 'LIST_POISON1'),
    set('n->pprev', 'LIST_POISON2'),
  ]),
  fn('void hlist_del_init(struct hlist_node *n)', kernel, [
    when('!hlist_unhashed(n)', [run('__hlist_del(n)'), run('INIT_HLIST_NODE(n)')]),
  ]),
];
