import { describe, expect, test } from 'vitest';
import { seedPatch, tree612, describeWith } from '../testing/inputs.js';
import { readFileSync } from 'node:fs';
import { declarationsIn, declarationsOf, treeAt } from './testing/fixture.js';
import type { Declarations } from './declarations.js';

function documented(declarations: Declarations, tag: string): Record<string, string | null> | undefined {
  const fields = declarations.record(tag)?.fields;
  return fields && Object.fromEntries(fields.map((field) => [field.name, field.documented]));
}

/** One member with a description in the comment above the struct. */
function described(description: string): string | null | undefined {
  const text = `/**\n * struct s - something\n * @a: ${description}\n */\nstruct s {\n\tint a;\n};\n`;
  return documented(declarationsOf(text), 's')?.['a'];
}

/** One member with a comment on its line. */
function beside(comment: string): string | null | undefined {
  return documented(declarationsOf(`struct s {\n\tint a;\t${comment}\n\tint b;\n};\n`), 's')?.['a'];
}

describe('directions in kernel-doc', () => {
  test.each<[string, string | null]>([
    ['[in] a size', 'in'],
    ['[out] an id', 'out'],
    ['[in/out] flags', 'in/out'],
    ['[in,out] flags', 'in/out'],
    ['[inout] flags', 'in/out'],
    ['[IN] a size', 'in'],
    ['(in) a size', 'in'],
    ['(out) an id', 'out'],
    ['(in/out) flags', 'in/out'],
    ['<out> an id', 'out'],
    ['in/out flags', 'in/out'],
    ['a size [in]', 'in'],
    ['wanted size [in], or the real one [out]', 'in/out'],
    ['wanted size\n *     [in] in bytes', 'in'],
    ['in bytes', null],
    ['outer bound', null],
    ['input and output', null],
    ['index [index] of it', null],
    ['nothing\n *\n * Another paragraph says [in] of something else.', null],
  ])('%s', (description, expected) => {
    expect(described(description)).toBe(expected);
  });

  test.each<[string, string | null]>([
    ['/* in */', 'in'],
    ['/* out */', 'out'],
    ['/* in, a size */', 'in'],
    ['/* out: an id */', 'out'],
    ['/* in/out */', 'in/out'],
    ['/* [out] an id */', 'out'],
    ['/** (in) a size */', 'in'],
    ['/**< [in] a size */', 'in'],
    ['/* in bytes */', null],
    ['/* output of it */', null],
    ['// in', null],
    ['', null],
  ])('beside the member: %s', (comment, expected) => {
    expect(beside(comment)).toBe(expected);
  });

  test('above the members, in one comment each', () => {
    const text = `struct s {
  /** @a: [in] first */
  int a;
  /*
   * [out] second
   */
  int b; /* of b */
  int c;
  int d; /* in */
  int e;
  int f; /* [out] of f */
  int g;
};
`;
    expect(documented(declarationsOf(text), 's')).toEqual({
      a: 'in',
      b: null,
      c: null,
      d: 'in',
      e: null,
      f: 'out',
      g: null,
    });
  });

  test('a name without a colon, as it is often written, and members of anonymous unions', () => {
    const text = `
/**
 * struct s - with a union
 * @a  [in] first
 * @b:\t[out] second
 * @c   third, and @a is [out] of this
 * @gone: [in] no such member
 *
 * @b is what comes out.
 * @d may be [in] some use or other.
 * @a: [out] of another one
 */
struct s {
  u32 a;
  union { u32 b; u64 c; };
  u32 d;
};
`;
    expect(documented(declarationsOf(text), 's')).toEqual({ a: 'in', b: 'out', c: 'out', d: null });
  });

  test('only the comment right above counts', () => {
    const text = `
/**
 * struct one - first
 * @a: [in] of one
 */
struct one { int a; };

struct two { int a; };
int x; /* @a: [in] of x */

/* @a: [out] of three */

struct three { int a; };
`;
    const declarations = declarationsOf(text);
    expect(documented(declarations, 'one')).toEqual({ a: 'in' });
    expect(documented(declarations, 'two')).toEqual({ a: null });
    expect(documented(declarations, 'three')).toEqual({ a: 'out' });
  });
});

describeWith({ INTERLEAF_TREE_6_12: tree612 }, 'directions in include/uapi/linux/tee.h', () => {
  const declarations = () => declarationsIn(treeAt(tree612!), 'include/uapi/linux/tee.h');

  test.each<[string, Record<string, string | null>]>([
    ['tee_ioctl_version_data', { impl_id: 'out', impl_caps: 'out', gen_caps: 'out' }],
    ['tee_ioctl_shm_alloc_data', { size: 'in/out', flags: 'in/out', id: 'out' }],
    ['tee_ioctl_buf_data', { buf_ptr: 'in', buf_len: 'in' }],
    ['tee_ioctl_param', { attr: null, a: null, b: null, c: null }],
    [
      'tee_ioctl_open_session_arg',
      {
        uuid: 'in',
        clnt_uuid: 'in',
        clnt_login: 'in',
        cancel_id: 'in',
        session: 'out',
        ret: 'out',
        ret_origin: 'out',
        num_params: 'in',
        params: null,
      },
    ],
    [
      'tee_ioctl_invoke_arg',
      { func: 'in', session: 'in', cancel_id: 'in', ret: 'out', ret_origin: 'out', num_params: 'in', params: null },
    ],
    ['tee_ioctl_cancel_arg', { cancel_id: 'in', session: 'in' }],
    ['tee_ioctl_close_session_arg', { session: 'in' }],
    ['tee_iocl_supp_recv_arg', { func: 'in', num_params: 'in/out', params: null }],
    ['tee_iocl_supp_send_arg', { ret: 'out', num_params: 'in', params: null }],
    ['tee_ioctl_shm_register_data', { addr: 'in', length: 'in/out', flags: 'in/out', id: 'out' }],
  ])('struct %s', (tag, expected) => {
    expect(documented(declarations(), tag)).toEqual(expected);
  });
});

describeWith({ INTERLEAF_SEED_PATCH: seedPatch }, 'directions in the uapi struct of the seed patch', () => {
  test('struct tee_ioctl_rstmem_alloc_data', () => {
    // The added lines of include/uapi/linux/tee.h, without the quotes of the mail.
    const lines = readFileSync(seedPatch!, 'utf8').split('\n');
    const start = lines.findIndex((line) => /\+ \* struct tee_ioctl_rstmem_alloc_data/.test(line)) - 1;
    const end = lines.findIndex((line, index) => index > start && /\+};/.test(line));
    const text = lines.slice(start, end + 1).map((line) => line.replace(/^[> ]*\+/, ''));
    expect(documented(declarationsOf(text.join('\n')), 'tee_ioctl_rstmem_alloc_data')).toEqual({
      size: 'in/out',
      flags: 'in/out',
      use_case: 'in',
      id: 'out',
    });
  });
});
