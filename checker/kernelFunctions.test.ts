/** Kernel API models with behaviour of their own, each in the smallest system that shows it. Wrong numbers are a WARN_ON(). */
import { describe, expect, it } from 'vitest';
import { fn, ret, run, set, when } from '../models/program/build.js';
import type { Statement } from '../models/program/statement.js';
import type { Toy } from './testing/toySystem.js';
import { exploreToy, summary, toyFn } from './testing/toySystem.js';

/** What is found, without repetition, and the limits that were reached. */
function explore(toy: Toy): { readonly findings: readonly string[]; readonly limits: readonly string[] } {
  const { findings, limits } = exploreToy(toy);
  return { findings: [...new Set(findings.map(summary))].sort(), limits };
}

const clean = { findings: [], limits: [] };

/** One kernel thread with these locals. */
const alone = (locals: readonly string[], ...body: readonly Statement[]): Toy => ({
  threads: { only: { locals, body } },
  capacities: { list_head: 4 },
});

/** `WARN_ON(!(condition))` */
const holds = (condition: string) => run(`WARN_ON(!(${condition}))`);

describe('bitmaps', () => {
  const map = ['unsigned long map'];

  it('are searched for the first bit of either value', () => {
    const toy = alone(
      map,
      run('bitmap_zero(&map, 3)'),
      holds('find_first_zero_bit(&map, 3) == 0'),
      run('set_bit(0, &map)'),
      run('__set_bit(2, &map)'),
      holds('find_first_zero_bit(&map, 3) == 1'),
      holds('find_next_zero_bit(&map, 3, 2) == 3'),
      holds('find_first_bit(&map, 3) == 0'),
      holds('find_next_bit(&map, 3, 1) == 2'),
      run('clear_bit(0, &map)'),
      run('__clear_bit(2, &map)'),
      holds('find_first_bit(&map, 3) == 3'),
      run('bitmap_fill(&map, 2)'),
      holds('test_bit(1, &map)'),
      holds('find_next_zero_bit(&map, 3, 0) == 2'),
    );
    expect(explore(toy)).toEqual(clean);
  });

  it('tell what a bit was', () => {
    const toy = alone(
      map,
      run('bitmap_zero(&map, 1)'),
      holds('!test_and_set_bit(0, &map)'),
      holds('test_and_set_bit(0, &map)'),
      holds('test_and_clear_bit(0, &map)'),
      holds('!test_and_clear_bit(0, &map)'),
    );
    expect(explore(toy)).toEqual(clean);
  });

  it('have as many bits as the model has room for: going on is a limit, not a wrong answer', () => {
    const toy = alone(map, run('bitmap_fill(&map, 32)'), run('find_first_zero_bit(&map, 32)'));
    expect(explore(toy).limits).toHaveLength(1);
    expect(explore(alone(map, run('bitmap_zero(&map, 32)'), run('set_bit(29, &map)'))).limits).toHaveLength(1);
  });

  it('do not lose what two threads set in one word', () => {
    const types = { world: { flags: 'unsigned long', done: 'struct atomic_t' } };
    const sets = (bit: number) => [
      run(`set_bit(${bit}, &world.flags)`),
      when('atomic_inc_return(&world.done) == 2', [holds('test_bit(0, &world.flags) && test_bit(1, &world.flags)')]),
    ];
    expect(explore({ types, threads: { one: sets(0), two: sets(1) } })).toEqual(clean);
  });
});

describe('atomic integers', () => {
  const world = { types: { world: { n: 'struct atomic_t', last: 'int' } } };

  it('count what two threads do at once', () => {
    const body = [when('atomic_inc_return(&world.n) == 2', [run('WARN_ON(atomic_read(&world.n) != 2)')])];
    expect(explore({ ...world, threads: { one: body, two: body } })).toEqual(clean);
  });

  it('reach zero once', () => {
    const body = [when('atomic_dec_and_test(&world.n)', [run('WARN_ON(atomic_xchg(&world.n, 9) == 9)')])];
    const setup = { body: [run('atomic_set(&world.n, 2)')] };
    expect(explore({ ...world, setup, threads: { one: body, two: body } })).toEqual(clean);
  });

  it('do arithmetic as their names say', () => {
    const toy = alone(
      ['struct atomic_t v', 'int expected'],
      run('atomic_set(&v, 5)'),
      holds('atomic_add_return(2, &v) == 7'),
      holds('atomic_fetch_sub(3, &v) == 7'),
      holds('atomic_sub_return(1, &v) == 3'),
      holds('!atomic_sub_and_test(1, &v)'),
      holds('atomic_sub_and_test(2, &v)'),
      holds('!atomic_inc_not_zero(&v)'),
      holds('atomic_dec_if_positive(&v) == -1'),
      holds('atomic_read(&v) == 0'),
      holds('atomic_add_unless(&v, 4, 1)'),
      holds('!atomic_add_unless(&v, 4, 4)'),
      holds('atomic_cmpxchg(&v, 3, 8) == 4'),
      holds('atomic_cmpxchg(&v, 4, 8) == 4'),
      set('expected', '7'),
      holds('!atomic_try_cmpxchg(&v, &expected, 1)'),
      holds('expected == 8'),
      holds('atomic_try_cmpxchg(&v, &expected, 1)'),
      holds('atomic_fetch_or(6, &v) == 1'),
      holds('atomic_fetch_and(3, &v) == 7'),
      run('atomic_andnot(1, &v)'),
      holds('atomic_xchg(&v, -1) == 2'),
      holds('atomic_inc_and_test(&v)'),
      holds('atomic_add_negative(-1, &v)'),
    );
    expect(explore(toy)).toEqual(clean);
  });
});

describe('reference counts', () => {
  const count = ['refcount_t r'];

  it('are taken and given back by more than one', () => {
    const toy = alone(
      count,
      run('refcount_set(&r, 1)'),
      run('refcount_add(2, &r)'),
      holds('refcount_add_not_zero(1, &r)'),
      holds('!refcount_sub_and_test(3, &r)'),
      holds('refcount_dec_if_one(&r)'),
      holds('!refcount_add_not_zero(1, &r)'),
    );
    expect(explore(toy)).toEqual(clean);
  });

  it('are not dropped to zero by who does not look', () => {
    const toy = alone(count, run('refcount_set(&r, 1)'), run('refcount_dec(&r)'));
    expect(explore(toy).findings).toEqual(['refcount-underflow: refcount_dec']);
  });

  it('are released with the lock held', () => {
    const types = { box: { ref: 'struct kref' }, world: { lock: 'spinlock_t', box: 'struct box *' } };
    const release = toyFn(
      'void release(struct kref *ref)',
      [],
      [set('world.box', 'NULL'), run('spin_unlock(&world.lock)'), run('kfree(container_of(ref, struct box, ref))')],
    );
    const put = [set('box', 'world.box'), run('kref_put_lock(&box->ref, release, &world.lock)')];
    const toy: Toy = {
      types,
      functions: [release],
      threads: {
        only: {
          locals: ['struct box *box'],
          body: [
            { kind: 'alloc', place: { kind: 'name', name: 'box' }, tag: 'box', zeroed: true },
            run('kref_init(&box->ref)'),
            run('kref_get(&box->ref)'),
            set('world.box', 'box'),
            ...put,
            ...put,
          ],
        },
      },
    };
    expect(explore(toy)).toEqual(clean);
  });
});

describe('completions', () => {
  const types = { world: { x: 'struct completion', done: 'int' } };
  const setup = { body: [run('init_completion(&world.x)')] };

  it('may be waited for until a time-out or a signal, which consume nothing', () => {
    const waiter = [
      when('wait_for_completion_timeout(&world.x, 10) == 0', [
        when('wait_for_completion_killable(&world.x)', [
          when('wait_for_completion_interruptible(&world.x)', [run('wait_for_completion(&world.x)')]),
        ]),
      ]),
      run('WARN_ON(completion_done(&world.x))'),
    ];
    expect(explore({ types, setup, threads: { waiter, other: [run('complete(&world.x)')] } })).toEqual(clean);
  });

  it('are waited for in vain if nobody completes them', () => {
    const waiter = [
      when('wait_for_completion_interruptible_timeout(&world.x, 10) == 0', [run('wait_for_completion(&world.x)')]),
    ];
    expect(explore({ types, setup, threads: { waiter } }).findings.join()).toContain('deadlock');
  });
});

describe('lists', () => {
  const locals = ['struct list_head a', 'struct list_head b', 'struct list_head x', 'struct list_head y'];
  const heads = [run('INIT_LIST_HEAD(&a)'), run('INIT_LIST_HEAD(&b)')];

  it('are linked in both directions', () => {
    const toy = alone(
      locals,
      ...heads,
      holds('list_empty(&a)'),
      run('list_add(&x, &a)'),
      holds('list_is_singular(&a)'),
      run('list_add_tail(&y, &a)'),
      holds('a.next == &x && x.next == &y && y.next == &a && a.prev == &y && y.prev == &x && x.prev == &a'),
      holds('list_is_first(&x, &a) && list_is_last(&y, &a) && !list_is_singular(&a)'),
      run('list_move_tail(&x, &a)'),
      holds('list_is_first(&y, &a) && list_is_last(&x, &a)'),
      run('list_splice_init(&a, &b)'),
      holds('list_empty(&a) && b.next == &y && y.prev == &b && b.prev == &x && x.next == &b'),
      run('list_splice_tail_init(&b, &a)'),
      holds('list_empty(&b) && list_is_first(&y, &a) && list_is_last(&x, &a)'),
      run('list_move(&x, &a)'),
      holds('list_is_first(&x, &a) && list_is_last(&y, &a) && x.next == &y && a.prev == &y'),
      run('list_move_tail(&x, &a)'),
      run('list_replace(&y, &b)'),
      holds('list_is_first(&b, &a) && x.prev == &b'),
      run('list_del_init(&x)'),
      holds('list_empty(&x) && list_is_singular(&a)'),
    );
    expect(explore(toy)).toEqual(clean);
  });

  it('poison what was taken out: taking it out again follows the poison', () => {
    const toy = alone(locals, ...heads, run('list_add(&x, &a)'), run('list_del(&x)'), run('list_del(&x)'));
    expect(explore(toy).findings).toEqual(['null-dereference list_head.prev: list_del']);
  });

  it('need a lock', () => {
    const types = {
      world: { head: 'struct list_head', lock: 'spinlock_t', one: 'struct list_head', two: 'struct list_head' },
    };
    const setup = { body: [run('INIT_LIST_HEAD(&world.head)')] };
    const add = (entry: string) => run(`list_add(&world.${entry}, &world.head)`);
    const locked = (entry: string) => [run('spin_lock(&world.lock)'), add(entry), run('spin_unlock(&world.lock)')];
    const open = explore({ types, setup, threads: { one: [add('one')], two: [add('two')] } });
    expect(open.findings.join()).toContain('data-race');
    expect(explore({ types, setup, threads: { one: locked('one'), two: locked('two') } })).toEqual(clean);
  });

  it('with one pointer as head work alike', () => {
    const toy = alone(
      ['struct hlist_head h', 'struct hlist_node x', 'struct hlist_node y'],
      run('INIT_HLIST_HEAD(&h)'),
      run('INIT_HLIST_NODE(&x)'),
      holds('hlist_empty(&h) && hlist_unhashed(&x)'),
      run('hlist_add_head(&x, &h)'),
      run('hlist_add_head(&y, &h)'),
      holds('h.first == &y && y.next == &x && !x.next'),
      run('hlist_del(&y)'),
      holds('h.first == &x'),
      run('hlist_del_init(&x)'),
      holds('hlist_empty(&h) && hlist_unhashed(&x)'),
    );
    expect(explore(toy)).toEqual(clean);
  });
});

describe('xarrays and id allocators', () => {
  const types = { world: { xa: 'struct xarray', ida: 'struct ida', thing: 'int' } };

  it('hand out the lowest free index, and take it back', () => {
    const toy: Toy = {
      types,
      threads: {
        only: {
          locals: ['u32 id', 'void *old', 'int rc'],
          body: [
            run('xa_init_flags(&world.xa, XA_FLAGS_ALLOC1)'),
            when('xa_alloc(&world.xa, &id, &world, XA_LIMIT(0, INT_MAX), GFP_KERNEL)', [ret()]),
            holds('id == 1 && xa_load(&world.xa, 1) == &world'),
            set('rc', 'xa_insert(&world.xa, 1, &world, GFP_KERNEL)'),
            holds('rc == -EBUSY || rc == -ENOMEM'),
            set('old', 'xa_store(&world.xa, 1, &world.ida, GFP_KERNEL)'),
            holds('old == &world || xa_err(old) == -ENOMEM'),
            holds('xa_erase(&world.xa, 1)'),
            set('rc', 'xa_alloc(&world.xa, &id, &world, XA_LIMIT(2, 2), GFP_KERNEL)'),
            when('!rc', [holds('id == 2 && xa_alloc(&world.xa, &id, &world, XA_LIMIT(2, 2), GFP_KERNEL) < 0')]),
            run('xa_erase(&world.xa, 2)'),
            holds('!xa_erase(&world.xa, 1) && !xa_load(&world.xa, 1) && xa_empty(&world.xa)'),
            set('old', 'xa_store(&world.xa, 2, &world, GFP_KERNEL)'),
            run('xa_destroy(&world.xa)'),
            holds('xa_empty(&world.xa)'),
          ],
        },
      },
    };
    expect(explore(toy)).toEqual(clean);
  });

  it('keep what nobody erases', () => {
    const toy: Toy = { types, threads: { only: [run('xa_store(&world.xa, 1, &world, GFP_KERNEL)')] } };
    expect(explore(toy).findings).toEqual(['id-leaked world.xa.slot[].cell: end of run']);
  });

  it('take each id back once', () => {
    const free = (times: number): Toy => ({
      types,
      threads: {
        only: {
          locals: ['int id'],
          body: [
            set('id', 'ida_alloc_range(&world.ida, 1, 2, GFP_KERNEL)'),
            when('id < 0', [ret()]),
            holds('id == 1'),
            ...Array.from({ length: times }, () => run('ida_free(&world.ida, id)')),
          ],
        },
      },
    });
    expect(explore(free(1))).toEqual(clean);
    expect(explore(free(2)).findings).toEqual(['id-not-reserved world.ida.slot[]: ida_free']);
    expect(explore(free(0)).findings).toEqual(['id-leaked world.ida.slot[]: end of run']);
  });

  it('do not go beyond the range', () => {
    const body = [
      when('ida_alloc_max(&world.ida, 0, GFP_KERNEL) == 0', [holds('ida_alloc_max(&world.ida, 0, GFP_KERNEL) < 0')]),
      run('ida_destroy(&world.ida)'),
    ];
    expect(explore({ types, threads: { only: body } })).toEqual(clean);
  });
});

describe('IDRs', () => {
  it('are walked from one entry to the next, past what is only reserved', () => {
    const toy: Toy = {
      types: { world: { idr: 'struct idr' } },
      threads: {
        only: {
          locals: ['int id', 'void *entry'],
          body: [
            run('idr_init(&world.idr)'),
            holds('idr_is_empty(&world.idr)'),
            when('idr_alloc(&world.idr, NULL, 1, 0, GFP_KERNEL) < 0', [ret()]),
            set('id', 'idr_alloc(&world.idr, &world, 2, 0, GFP_KERNEL)'),
            when('id > 0', [
              set('id', '0'),
              set('entry', 'idr_get_next(&world.idr, &id)'),
              holds('entry == &world && id == 2 && !idr_is_empty(&world.idr)'),
              set('id', '3'),
              holds('!idr_get_next(&world.idr, &id)'),
              run('idr_remove(&world.idr, 2)'),
            ]),
            run('idr_remove(&world.idr, 1)'),
          ],
        },
      },
    };
    expect(explore(toy)).toEqual(clean);
  });
});

describe('pages', () => {
  const body = (length: string, ...then: readonly Statement[]): Toy => ({
    threads: {
      only: {
        locals: ['struct iov_iter iter', 'struct page **pages', 'size_t off', 'long len', 'struct kvec kvec'],
        body: [
          { kind: 'alloc', place: { kind: 'name', name: 'pages' }, tag: 'page_array', zeroed: true },
          run(`iov_iter_ubuf(&iter, ITER_DEST, ${length})`),
          set('len', 'iov_iter_extract_pages(&iter, &pages, LONG_MAX, iov_iter_npages(&iter, INT_MAX), 0, &off)'),
          when('len > 0', then),
          run('kfree(pages)'),
        ],
      },
    },
  });

  it('are pinned for the bytes that were asked for, from wherever they begin', () => {
    const unaligned = body(
      'PAGE_SIZE + 1, PAGE_SIZE',
      holds('off == 1 && (len == PAGE_SIZE || len == PAGE_SIZE - 1)'),
      run('unpin_user_pages(pages, DIV_ROUND_UP(off + len, PAGE_SIZE))'),
    );
    expect(explore(unaligned)).toEqual(clean);
  });

  it('are leaked with their array', () => {
    expect(explore(body('PAGE_SIZE, PAGE_SIZE')).findings).toEqual(['memory-leak page: leak']);
  });

  it('are leaked if only whole pages of a part are given back', () => {
    const toy = body('PAGE_SIZE + 1, PAGE_SIZE', run('unpin_user_pages(pages, len / PAGE_SIZE)'));
    expect(explore(toy).findings).toContain('memory-leak page: leak');
  });

  it('are given back once', () => {
    const twice = body('PAGE_SIZE, PAGE_SIZE', run('unpin_user_pages(pages, 1)'), run('unpin_user_pages(pages, 1)'));
    expect(explore(twice).findings.join()).toContain('use-after-free page');
  });

  it('are mapped, or a block of them allocated, until that is undone', () => {
    const use = (...undo: readonly Statement[]) =>
      alone(
        ['void *p', 'void *q'],
        set('p', 'vmap(NULL, 1, 0, 0)'),
        set('q', 'alloc_pages_exact(PAGE_SIZE, GFP_KERNEL)'),
        ...undo,
      );
    const undone = [run('vunmap(p)'), when('q', [run('free_pages_exact(q, PAGE_SIZE)')])];
    expect(explore(use(...undone))).toEqual(clean);
    for (const one of undone) expect(explore(use(one)).findings).toEqual(['memory-leak page_block: leak']);
  });

  it('of kernel memory are only listed, and counted by who takes them', () => {
    const kernel = (...then: readonly Statement[]) => ({
      threads: {
        only: {
          locals: ['struct page **pages', 'struct kvec kvec', 'int n'],
          body: [
            { kind: 'alloc', place: { kind: 'name', name: 'pages' }, tag: 'page_array', zeroed: true } as const,
            set('kvec.iov_base', 'PAGE_SIZE'),
            set('kvec.iov_len', 'PAGE_SIZE'),
            set('n', 'get_kernel_pages(&kvec, 1, 0, pages)'),
            ...then,
            run('kfree(pages)'),
          ],
        },
      },
    });
    expect(explore(kernel(run('put_page(pages[0])')))).toEqual(clean);
    expect(explore(kernel()).findings).toEqual(['count-not-restored page._refcount: end of run']);
    expect(explore(kernel(run('put_page(pages[0])'), run('put_page(pages[0])'))).findings).toEqual([
      'refcount-underflow: put_page',
    ]);
  });
});

describe('classes and device numbers', () => {
  const match = fn('int match_any(struct device *dev, const void *data)', { file: 'drivers/toy/toy.c' }, [ret('1')]);
  const release = toyFn('void toy_release(struct device *dev)', [], [run('kfree(dev)')]);
  const types = { world: { class: 'struct class', dev: 'struct device *', devt: 'dev_t', other: 'dev_t' } };
  const probe: readonly Statement[] = [
    run('class_register(&world.class)'),
    run('alloc_chrdev_region(&world.devt, 1, 4, NULL)'),
    { kind: 'alloc', place: { kind: 'name', name: 'dev' }, tag: 'device', zeroed: true },
    set('dev->release', 'toy_release'),
    set('dev->class', '&world.class'),
    run('device_register(dev)'),
    set('world.dev', 'dev'),
  ];
  const setup = { locals: ['struct device *dev'], body: probe };
  const remove = [run('device_unregister(world.dev)')];
  const find = (...then: readonly Statement[]) => ({
    locals: ['struct device *dev'],
    body: [set('dev', 'class_find_device(&world.class, NULL, NULL, match_any)'), when('dev', then)],
  });
  const toy = (finder: ReturnType<typeof find>): Toy => ({
    types,
    functions: [match, release],
    setup,
    threads: { driver: remove, finder },
  });

  it('find a device until it is deleted, and hold it', () => {
    expect(explore(toy(find(run('dev_name(dev)'), run('put_device(dev)'))))).toEqual(clean);
  });

  it('lose a device that is found and not put', () => {
    expect(explore(toy(find())).findings.join()).toContain('count-not-restored device');
  });

  it('do not protect a device that was put', () => {
    expect(explore(toy(find(run('put_device(dev)'), run('dev_name(dev)')))).findings.join()).toContain(
      'use-after-free device',
    );
  });

  it('warn of a class that nobody registered', () => {
    const unknown = { types, functions: [match], threads: { only: find().body.slice(0, 1) } };
    expect(
      explore({ ...unknown, threads: { only: { locals: ['struct device *dev'], body: unknown.threads.only } } }),
    ).toEqual({
      findings: ['kernel-warning: class_find_device'],
      limits: [],
    });
  });

  it('are different for every region', () => {
    const numbers: Toy = {
      types,
      threads: {
        only: [
          when('alloc_chrdev_region(&world.devt, 1, 4, NULL)', [ret()]),
          when('alloc_chrdev_region(&world.other, 0, 1, NULL)', [ret()]),
          holds('MINOR(world.devt) == 1 && MINOR(world.other) == 0'),
          holds('MAJOR(world.devt) != MAJOR(world.other)'),
          holds('MKDEV(MAJOR(world.devt), 1) == world.devt'),
        ],
      },
    };
    expect(explore(numbers)).toEqual(clean);
  });
});
