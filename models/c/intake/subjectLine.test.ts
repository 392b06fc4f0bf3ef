import { describe, expect, test } from 'vitest';
import { parseSubject } from './subjectLine.js';

describe('parseSubject', () => {
  test.each([
    ['[PATCH] a: b', { title: 'a: b', isPatch: true, isReply: false, version: 1, number: null, total: null }],
    ['[PATCH v4 1/6] a: b', { title: 'a: b', isPatch: true, version: 4, number: 1, total: 6 }],
    ['[PATCHv2 03/10] a', { version: 2, number: 3, total: 10 }],
    ['[RFC net-next V3 0/2] a', { isPatch: true, version: 3, number: 0, total: 2 }],
    ['[RFC PATCH net-next,v2 1/2] a', { version: 2, number: 1, total: 2 }],
    ['Re: [PATCH 2/2] a', { title: 'a', isReply: true, number: 2 }],
    ['AW: RE: Re[2]: [PATCH] a', { title: 'a', isReply: true, isPatch: true }],
    ['[linux-list] [PATCH v2] a [b]', { title: 'a [b]', isPatch: true, version: 2 }],
    ['[PATCH 6.12 012/345] a', { number: 12, total: 345 }],
    ['[PATCH v2\n 1/2] a\tb', { title: 'a b', version: 2, number: 1 }],
    ['[GIT PULL] a', { title: 'a', isPatch: false }],
    ['about v2 1/2', { title: 'about v2 1/2', isPatch: false, version: 1, number: null }],
    ['', { title: '', isPatch: false, isReply: false }],
  ])('%j', (subject, expected) => {
    expect(parseSubject(subject)).toMatchObject(expected);
  });
});
