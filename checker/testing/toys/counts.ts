import { ret, run, set, when } from '../../../models/program/build.js';
import type { Statement } from '../../../models/program/statement.js';
import type { Toy } from '../toySystem.js';
import { toyFn } from '../toySystem.js';
import type { ToyPair } from './toyPair.js';

/** The counted object is a global, so that a wrong count is all that goes wrong. */
const types = { world: { refs: 'refcount_t', users: 'struct module' } };

const probe = (body: readonly Statement[], locals: readonly string[] = []) =>
  toyFn('int probe(void)', locals, [...body, ret('0')]);

/** A count of `initial`, and one thread that runs `body`. */
const counted = (initial: number, body: readonly Statement[], locals: readonly string[] = []): Toy => ({
  types,
  functions: [probe(body, locals)],
  setup: { body: [run(`refcount_set(&world.refs, ${initial})`)] },
  threads: { user: [run('probe()')] },
});

/** One thread drops the last reference while another looks the object up and takes one. */
const lookUp = (take: readonly Statement[]): Toy => ({
  types,
  functions: [
    toyFn('void look_up(void)', [], take),
    // Creates the object anew, so that the count is restored.
    toyFn('void drop(void)', [], [when('refcount_dec_and_test(&world.refs)', [run('refcount_set(&world.refs, 1)')])]),
  ],
  setup: { body: [run('refcount_set(&world.refs, 1)')] },
  threads: { finder: [run('look_up()')], owner: [run('drop()')] },
});

const module = (body: readonly Statement[]): Toy => ({
  types,
  functions: [probe(body)],
  threads: { user: [run('probe()')] },
});

/** A device whose users are counted by `num_users`. */
const device = (body: readonly Statement[]): Toy => ({
  globals: { teedev: 'struct tee_device' },
  functions: [
    toyFn(
      'bool tee_device_get(struct tee_device *teedev)',
      [],
      [
        run('mutex_lock(&teedev->mutex)'),
        set('teedev->num_users', 'teedev->num_users + 1'),
        run('mutex_unlock(&teedev->mutex)'),
        ret('true'),
      ],
    ),
    toyFn(
      'void tee_device_put(struct tee_device *teedev)',
      [],
      [
        run('mutex_lock(&teedev->mutex)'),
        set('teedev->num_users', 'teedev->num_users - 1'),
        run('mutex_unlock(&teedev->mutex)'),
      ],
    ),
    probe(body),
  ],
  setup: { body: [set('teedev.num_users', '1')] },
  threads: { user: [run('probe()')] },
});

export const countToys: readonly ToyPair[] = [
  {
    property: 'refcount-from-zero',
    reports: 'a get that races with the last put',
    broken: lookUp([run('refcount_inc(&world.refs)'), run('refcount_dec_and_test(&world.refs)')]),
    findings: ['count-not-restored world.refs: end of run', 'refcount-from-zero world.refs: refcount_inc'],
    spares: 'a get that fails at zero',
    fixed: lookUp([
      when('refcount_inc_not_zero(&world.refs)', [
        when('refcount_dec_and_test(&world.refs)', [run('refcount_set(&world.refs, 1)')]),
      ]),
    ]),
  },
  {
    property: 'refcount-from-zero',
    reports: 'a reference to a module that goes away',
    broken: module([
      when('!try_stop_module(&world.users)', [run('__module_get(&world.users)'), run('module_put(&world.users)')]),
    ]),
    findings: ['refcount-from-zero world.users.ref: __module_get', 'refcount-underflow world.users.ref: module_put'],
    spares: 'one that is only tried',
    fixed: module([
      run('__module_get(&world.users)'),
      run('try_stop_module(&world.users)'),
      run('module_put(&world.users)'),
    ]),
  },
  {
    property: 'refcount-underflow',
    reports: 'a put without a get',
    broken: counted(1, [run('refcount_dec_and_test(&world.refs)'), run('refcount_dec_and_test(&world.refs)')]),
    findings: ['count-not-restored world.refs: end of run', 'refcount-underflow world.refs: refcount_dec_and_test'],
    spares: 'the put of a get that succeeded, and none of a get that failed',
    fixed: counted(0, [
      when('refcount_inc_not_zero(&world.refs)', [run('refcount_dec_and_test(&world.refs)')]),
      run('refcount_set(&world.refs, 1)'),
      when('refcount_inc_not_zero(&world.refs)', [run('refcount_dec_and_test(&world.refs)')]),
      run('refcount_dec_and_test(&world.refs)'),
    ]),
  },
  {
    property: 'refcount-underflow',
    reports: 'a module that is put although the get failed',
    broken: module([run('try_module_get(&world.users)'), run('module_put(&world.users)')]),
    findings: ['count-not-restored world.users.ref: end of run', 'refcount-underflow world.users.ref: module_put'],
    spares: 'one that is put only if the get succeeded',
    fixed: module([when('try_module_get(&world.users)', [run('module_put(&world.users)')])]),
  },
  {
    property: 'count-not-restored',
    reports: 'a reference that is never dropped',
    broken: counted(1, [run('refcount_inc(&world.refs)')]),
    findings: ['count-not-restored world.refs: end of run'],
    spares: 'one that is',
    fixed: counted(1, [run('refcount_inc(&world.refs)'), run('refcount_dec_and_test(&world.refs)')]),
  },
  {
    property: 'count-not-restored',
    reports: 'a saturated count, though its gets and puts balance afterwards',
    broken: counted(0, [run('refcount_inc(&world.refs)'), run('refcount_dec_and_test(&world.refs)')]),
    findings: ['count-not-restored world.refs: end of run', 'refcount-from-zero world.refs: refcount_inc'],
    spares: 'a count that went up and down again',
    fixed: counted(2, [run('refcount_dec_and_test(&world.refs)'), run('refcount_inc(&world.refs)')]),
  },
  {
    property: 'count-not-restored',
    reports: 'a module whose reference an error path keeps',
    broken: module([when('!try_module_get(&world.users)', [ret('-ENOENT')])]),
    findings: ['count-not-restored world.users.ref: end of run'],
    spares: 'one that is put',
    fixed: module([when('!try_module_get(&world.users)', [ret('-ENOENT')]), run('module_put(&world.users)')]),
  },
  {
    property: 'count-not-restored',
    reports: 'a user of a TEE device that is never put',
    broken: device([run('tee_device_get(&teedev)')]),
    findings: ['count-not-restored tee_device.num_users: end of run'],
    spares: 'one that is',
    fixed: device([run('tee_device_get(&teedev)'), run('tee_device_put(&teedev)')]),
  },
];
